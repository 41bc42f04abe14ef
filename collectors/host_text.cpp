#include "collectors/host_text.h"

#include <charconv>
#include <system_error>

#include "collectors/scan.h"

namespace virtscope {
namespace {

using Value = std::optional<std::uint64_t>;

Value sum(Value a, Value b) {
    std::uint64_t total = 0;
    if (!a || !b || __builtin_add_overflow(*a, *b, &total)) return std::nullopt;
    return total;
}

// The kernel adds the columns up without a lock: for a moment a guest's tick may be in one of them only.
Value without(Value all, Value part) {
    if (!all || !part) return std::nullopt;
    return *all > *part ? *all - *part : 0;
}

// "0.14 " as 140, "2596.144\n" as 2596144; digits after the third are dropped.
Value take_thousandths(std::string_view& text) {
    std::uint64_t whole = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + (text.starts_with(' ') ? 1 : 0), end, whole);
    if (parsed.ec != std::errc{} || parsed.ptr == end || *parsed.ptr != '.') return std::nullopt;
    const char* at = parsed.ptr + 1;
    std::uint64_t fraction = 0;
    std::uint64_t unit = 100;
    for (; at != end && *at >= '0' && *at <= '9'; ++at, unit /= 10) {
        fraction += static_cast<std::uint64_t>(*at - '0') * unit;
    }
    if (at == end || at == parsed.ptr + 1 || (*at != ' ' && *at != '\n')) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(at - text.data()));
    return sum(times(whole, 1000), fraction);
}

// cpu  7953 0 4895 302447 551 0 144 500 0 0
// user nice system idle iowait irq softirq steal guest guest_nice
CpuTicks take_ticks(std::string_view line) {
    std::array<Value, 10> column;
    for (Value& value : column) {
        value = take_number(line);
        if (!value) break;
    }
    CpuTicks ticks;
    ticks.user = without(column[0], column[8]);
    ticks.nice = without(column[1], column[9]);
    ticks.system = column[2];
    ticks.idle = column[3];
    ticks.iowait = column[4];
    ticks.irq = sum(column[5], column[6]);
    ticks.steal = column[7];
    ticks.guest = sum(column[8], column[9]);
    return ticks;
}

}  // namespace

CpuTicks parse_cpu_ticks(std::string_view text) {
    const auto line = line_after(text, "cpu ");
    return line ? take_ticks(*line) : CpuTicks{};
}

std::optional<OneCpu> take_cpu_line(std::string_view& text) {
    constexpr std::string_view key = "cpu";
    while (true) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        std::string_view line = text.substr(0, end + 1);
        text.remove_prefix(end + 1);
        if (!line.starts_with(key)) continue;
        line.remove_prefix(key.size());
        if (line.starts_with(' ')) continue;
        if (const Value number = take_number(line)) return OneCpu{*number, take_ticks(line)};
    }
}

Value parse_cpu_list(std::string_view text) {
    std::uint64_t count = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        std::uint32_t first = 0;
        auto parsed = std::from_chars(at, end, first);
        if (parsed.ec != std::errc{}) return std::nullopt;
        std::uint32_t last = first;
        if (parsed.ptr != end && *parsed.ptr == '-') {
            parsed = std::from_chars(parsed.ptr + 1, end, last);
            if (parsed.ec != std::errc{} || last < first) return std::nullopt;
        }
        if (parsed.ptr == end) return std::nullopt;
        count += std::uint64_t{last} - first + 1;
        if (*parsed.ptr == '\n') return count;
        if (*parsed.ptr != ',') return std::nullopt;
        at = parsed.ptr + 1;
    }
    return std::nullopt;
}

// MemTotal:       24684092 kB
Value parse_kb_line(std::string_view text, std::string_view key) {
    auto line = line_after(text, key);
    if (!line) return std::nullopt;
    const Value kilobytes = take_number(*line);
    if (*line != " kB\n") return std::nullopt;
    return times(kilobytes, 1024);
}

// 0.14 0.07 0.06 1/89 7788
std::optional<std::array<std::uint64_t, 3>> parse_load(std::string_view text) {
    std::array<std::uint64_t, 3> load{};
    for (std::uint64_t& value : load) {
        const Value thousandths = take_thousandths(text);
        if (!thousandths) return std::nullopt;
        value = *thousandths;
    }
    return load;
}

// some avg10=0.00 avg60=0.13 avg300=0.40 total=12929118
Value parse_pressure(std::string_view text, std::string_view kind) {
    auto line = line_after(text, kind);
    if (!line || !line->starts_with(' ')) return std::nullopt;
    constexpr std::string_view key = " total=";
    const std::size_t at = line->find(key);
    if (at == std::string_view::npos) return std::nullopt;
    line->remove_prefix(at + key.size());
    if (line->starts_with(' ')) return std::nullopt;
    constexpr std::uint64_t ns_per_us = 1000;
    return times(take_number(*line), ns_per_us);
}

// cpu MHz		: 2596.144
Value parse_cpuinfo_frequency(std::string_view text) {
    auto line = line_after(text, "cpu MHz");
    if (!line) return std::nullopt;
    const std::size_t colon = line->find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    line->remove_prefix(colon + 1);
    return times(take_thousandths(*line), 1000);
}

}  // namespace virtscope
