#include "exporters/collectd/putval.h"

#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace virtscope::exporters::collectd {
namespace {

constexpr std::int64_t second = 1'000'000'000;  // ns
constexpr std::int64_t microsecond = 1000;

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    append_escaped(out, text);
    out += '"';
}

void append_part(std::string& out, std::string_view name, std::string_view instance) {
    out += '/';
    append_escaped(out, name);
    if (instance.empty()) return;
    out += '-';
    append_escaped(out, instance);
}

// Seconds and six digits: what a double, which collectd reads them into, can tell apart.
void append_seconds(std::string& out, std::int64_t nanoseconds) {
    fmt::format_to(std::back_inserter(out), "{}.{:06}", nanoseconds / second, nanoseconds % second / microsecond);
}

void append_value(std::string& out, const Value& value) {
    if (!value.is_gauge) fmt::format_to(std::back_inserter(out), ":{}", value.derive);
    else if (std::isfinite(value.gauge)) fmt::format_to(std::back_inserter(out), ":{}", value.gauge);
    else out += ":U";
}

std::string_view severity_word(Severity severity) {
    switch (severity) {
        case Severity::failure: return "failure";
        case Severity::warning: return "warning";
        case Severity::okay: break;
    }
    return "okay";
}

}  // namespace

void append_putval(std::string& out, const Sample& sample) {
    out += "PUTVAL \"";
    append_escaped(out, sample.host);
    append_part(out, sample.plugin, sample.plugin_instance);
    append_part(out, sample.type, sample.type_instance);
    out += "\" interval=";
    append_seconds(out, sample.interval);
    out += ' ';
    append_seconds(out, sample.time);
    for (const Value& value : sample.values) append_value(out, value);
    out += '\n';
}

void append_putnotif(std::string& out, const Notification& notification) {
    out += "PUTNOTIF severity=";
    out += severity_word(notification.severity);
    out += " time=";
    append_seconds(out, notification.time);
    const auto option = [&](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        out.append(" ").append(name).append("=");
        append_quoted(out, value);
    };
    option("host", notification.host);
    option("plugin", notification.plugin);
    option("plugin_instance", notification.plugin_instance);
    option("type", notification.type);
    option("message", notification.message);
    out += '\n';
}

}  // namespace virtscope::exporters::collectd
