#include "exporters/collectd/daemon_sink.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/text.h"
#include "exporters/collectd/identifier.h"

namespace virtscope::exporters::collectd {
namespace {

static_assert(longest_field < DATA_MAX_NAME_LEN, "a field is never cut by collectd");

constexpr std::uint64_t second = 1'000'000'000;  // ns
constexpr unsigned fraction_bits = 30;

template <std::size_t size>
void copy(char (&into)[size], std::string_view text) {
    const std::size_t length = std::min(text.size(), size - 1);
    std::copy_n(text.begin(), length, into);
    into[length] = '\0';
}

int severity_number(Severity severity) {
    switch (severity) {
        case Severity::failure: return NOTIF_FAILURE;
        case Severity::warning: return NOTIF_WARNING;
        case Severity::okay: break;
    }
    return NOTIF_OKAY;
}

int log_level(Level level) {
    switch (level) {
        case Level::error: return LOG_ERR;
        case Level::warning: return LOG_WARNING;
        case Level::notice: break;
    }
    return LOG_NOTICE;
}

value_t daemon_value(const Value& value) {
    value_t made{};
    if (value.is_gauge) made.gauge = value.gauge;
    else made.derive = value.derive;
    return made;
}

}  // namespace

cdtime_t daemon_time(std::int64_t nanoseconds) {
    const auto all = static_cast<std::uint64_t>(std::max<std::int64_t>(nanoseconds, 0));
    return (all / second << fraction_bits) + ((all % second << fraction_bits) + second / 2) / second;
}

std::int64_t nanoseconds_of(cdtime_t time) {
    const std::uint64_t whole = time >> fraction_bits;
    const std::uint64_t rest = time & ((std::uint64_t{1} << fraction_bits) - 1);
    return static_cast<std::int64_t>(whole * second + (rest * second >> fraction_bits));
}

void DaemonSink::send(const Sample& sample) {
    std::array<value_t, 2> values{};
    std::ranges::transform(sample.values, values.begin(), daemon_value);
    value_list_t list{};
    list.values = values.data();
    list.values_len = sample.values.size();
    list.time = daemon_time(sample.time);
    list.interval = daemon_time(sample.interval);
    copy(list.host, sample.host);
    copy(list.plugin, sample.plugin);
    copy(list.plugin_instance, sample.plugin_instance);
    copy(list.type, sample.type);
    copy(list.type_instance, sample.type_instance);
    // What is wrong with a value, collectd says itself.
    (void)plugin_dispatch_values(&list);
}

void DaemonSink::send(const Notification& notification) {
    notification_t made{};
    made.severity = severity_number(notification.severity);
    made.time = daemon_time(notification.time);
    copy(made.message, notification.message);
    copy(made.host, notification.host);
    copy(made.plugin, notification.plugin);
    copy(made.plugin_instance, notification.plugin_instance);
    copy(made.type, notification.type);
    (void)plugin_dispatch_notification(&made);
}

void DaemonSink::say(Level level, std::string_view line) {
    plugin_log(log_level(level), "virtscope plugin: %s", printable(line, 500).c_str());
}

}  // namespace virtscope::exporters::collectd
