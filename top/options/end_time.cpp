#include "top/options/end_time.h"

#include <algorithm>
#include <charconv>

#include "core/text.h"
#include "core/time_text.h"
#include "top/source/delay.h"

namespace virtscope::top {
namespace {

constexpr std::int64_t second = 1'000'000'000;

std::unexpected<Error> no_end_time(std::string_view text) {
    return fail(ErrorKind::malformed,
                "'{}': must be \"YYYY-MM-DD HH:MM:SS\", HH:MM:SS (today), +HH:MM:SS or +SECONDS (from now)",
                printable(text, 40));
}

std::optional<std::int64_t> number(std::string_view text, std::int64_t most) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value < 0 || value > most ? std::nullopt : std::optional(value);
}

// "01:30:00", "100:00:00", "01:30"; ns. Null: it is no such thing.
std::optional<std::int64_t> hours_minutes(std::string_view text, std::int64_t most_hours) {
    const std::size_t first = text.find(':');
    if (first == std::string_view::npos) return std::nullopt;
    const std::size_t second_colon = text.find(':', first + 1);
    const auto hours = number(text.substr(0, first), most_hours);
    const auto minutes = number(text.substr(first + 1, second_colon - first - 1), 59);
    const auto seconds = second_colon == std::string_view::npos ? std::optional<std::int64_t>(0)
                                                                : number(text.substr(second_colon + 1), 59);
    if (!hours || !minutes || !seconds) return std::nullopt;
    return ((*hours * 60 + *minutes) * 60 + *seconds) * second;
}

Result<EndTime> relative(std::string_view text) {
    constexpr std::int64_t most_hours = 87'600;  // ten years
    if (const auto span = hours_minutes(text.substr(1), most_hours)) return EndTime{true, *span};
    if (text.substr(1) == "0") return EndTime{true, 0};
    const auto seconds = parse_delay(text.substr(1));
    if (!seconds) return no_end_time(text);
    return EndTime{true, seconds->count()};
}

bool is_date(std::string_view text) {
    return text.size() >= 10 && text[4] == '-' &&
           std::ranges::all_of(text.substr(0, 4), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<EndTime> parse_end_time(std::string_view text, std::int64_t now) {
    if (text.starts_with('+')) return relative(text);
    const bool is_of_today = hours_minutes(text, 23).has_value();
    if (!is_of_today && !is_date(text)) return no_end_time(text);
    const auto time = parse_time(is_of_today ? fmt::format("today {}", text) : std::string(text), now);
    if (!time) return no_end_time(text);
    return EndTime{false, *time};
}

Wait wait_until(std::optional<std::int64_t> end, std::int64_t now, std::chrono::nanoseconds wait) {
    if (!end || *end - now > wait.count()) return {false, wait};
    return {true, std::chrono::nanoseconds(std::max<std::int64_t>(0, *end - now))};
}

}  // namespace virtscope::top
