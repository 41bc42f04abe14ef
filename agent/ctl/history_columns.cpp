#include "agent/ctl/history_columns.h"

#include <charconv>
#include <cmath>

#include "agent/ctl/output.h"
#include "core/text.h"

namespace virtscope {
namespace {

constexpr const char* usual_of_guest =
    "cpu_time,cpu_wait,disk.read_bytes,disk.write_bytes,nic.rx_bytes,nic.tx_bytes,memory_resident";
constexpr const char* usual_of_host = "cpu_user,cpu_system,cpu_guest,psi_cpu_some,memory_available,guests_running";

bool has_no_average(Unit unit) { return unit == Unit::state || unit == Unit::epoch_nanoseconds; }

std::string human_rate(Unit unit, double value) {
    switch (unit) {
        case Unit::nanoseconds: return fmt::format("{:.1f}%", value / 1e7);
        case Unit::bytes: return human_bytes(static_cast<std::uint64_t>(std::llround(value))) + "/s";
        default: return fmt::format("{:.1f}/s", value);
    }
}

}  // namespace

Result<Statistic> parse_statistic(const std::string& text) {
    using enum Statistic::Kind;
    if (text.empty() || text == "avg") return Statistic{average, 0};
    if (text == "min") return Statistic{min, 0};
    if (text == "max") return Statistic{max, 0};
    if (text == "last") return Statistic{last, 0};
    Statistic wanted{percentile, 0};
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + 1, end, wanted.percent, std::chars_format::fixed);
    const bool number = text.starts_with('p') && parsed.ec == std::errc{} && parsed.ptr == end;
    if (number && wanted.percent > 0 && wanted.percent <= 100) return wanted;
    return fail(ErrorKind::malformed, "--stat '{}': avg, min, max, last, or a percentile as p95", printable(text, 32));
}

Result<std::vector<Column>> parse_columns(const std::string& names, Scope own) {
    const std::string list = !names.empty() ? names : own == Scope::Host ? usual_of_host : usual_of_guest;
    std::vector<Column> columns;
    for (std::size_t at = 0; at <= list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        const auto column = parse_column(std::string_view(list).substr(at, end - at), own);
        if (!column) return fail(ErrorKind::malformed, "--metric {}", column.error().message);
        columns.push_back(*column);
        at = end + 1;
    }
    return columns;
}

std::optional<double> figure(const Column& column, const Point& point, const Statistic& statistic) {
    using enum Statistic::Kind;
    if (!point.known()) return std::nullopt;
    if (has_no_average(column.about().unit)) return point.last;
    switch (statistic.kind) {
        case min: return point.min;
        case max: return point.max;
        case last: return point.last;
        case percentile: return point.percentile(statistic.percent);
        case average: break;
    }
    return point.average();
}

std::string human_figure(const Column& column, std::optional<double> value) {
    if (!value) return "-";
    const Metric& metric = column.about();
    if (is_rate(column)) return human_rate(metric.unit, *value);
    const bool whole = *value == std::floor(*value);
    if (metric.unit == Unit::flag && !whole) return fmt::format("{:.0f}%", *value * 100);  // of the readings: yes
    if (metric.unit == Unit::count && !whole) return fmt::format("{:.1f}", *value);
    return human_value(metric, static_cast<std::uint64_t>(std::llround(*value)));
}

std::string unit_name(const Column& column) {
    switch (column.about().unit) {
        case Unit::bytes: return is_rate(column) ? "bytes/s" : "bytes";
        case Unit::nanoseconds: return is_rate(column) ? "ns/s" : "ns";
        case Unit::epoch_nanoseconds: return "ns since 1970";
        case Unit::hertz: return "Hz";
        case Unit::thousandths: return "thousandths";
        case Unit::state: return "state";
        case Unit::flag: return "flag";
        case Unit::count: break;
    }
    return is_rate(column) ? "1/s" : "count";
}

}  // namespace virtscope
