#include "core/time_text.h"

#include <array>
#include <cmath>
#include <ctime>
#include <optional>
#include <regex>

#include "core/calendar_text.h"
#include "core/text.h"

namespace virtscope {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t latest_second = 9'223'372'035;  // the last one whose ns 64 bits can tell
constexpr std::size_t longest = 64;

// Lower case, trimmed, one blank for several.
std::string normalised(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t';
        if (blank && (out.empty() || out.back() == ' ')) continue;
        out += blank ? ' ' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

// Seconds in a unit of time as people shorten it; 0 if it is none.
double seconds_in(const std::string& unit) {
    struct Name {
        const char* pattern;
        double seconds;
    };
    static constexpr std::array<Name, 6> names{{{"ms", 1e-3},
                                                {"s|secs?|seconds?", 1},
                                                {"m|mins?|minutes?", 60},
                                                {"h|hrs?|hours?", 3600},
                                                {"d|days?", 86400},
                                                {"w|weeks?", 7 * 86400}}};
    for (const Name& name : names) {
        if (std::regex_match(unit, std::regex(name.pattern))) return name.seconds;
    }
    return 0;
}

// "10 min ago", "3d2h", "-10m". A number and a word may also be a date ("23 nov"): null then.
std::optional<Result<std::int64_t>> parse_ago(std::string text, std::int64_t now) {
    static const std::regex form(R"(-?(?: ?\d{1,9}(?:\.\d{1,9})? ?(?!ago)[a-z]+,?)+(?: ago)?)");
    static const std::regex part(R"((\d+(?:\.\d+)?) ?([a-z]+))");
    if (!std::regex_match(text, form)) return std::nullopt;
    if (text.ends_with(" ago")) text.resize(text.size() - 4);
    double ago = 0;
    for (std::sregex_iterator at(text.begin(), text.end(), part), end; at != end; ++at) {
        const double unit = seconds_in((*at)[2].str());
        if (unit == 0) return std::nullopt;
        ago += std::stod((*at)[1].str()) * unit * 1e9;
    }
    if (ago > static_cast<double>(now)) return fail(ErrorKind::malformed, "it is before 1970");
    return now - std::llround(ago);
}

// "1795485800", "@0.5". A shorter number without @ is more likely a slip than a time of the seventies.
std::optional<Result<std::int64_t>> parse_epoch(const std::string& text) {
    static const std::regex form(R"((?:@(\d{1,20})|(\d{9,20}))(?:\.(\d{1,9})\d*)?)");
    std::smatch found;
    if (!std::regex_match(text, found, form)) return std::nullopt;
    const std::string whole = found[found[1].matched ? 1 : 2];
    if (whole.size() > 10 || std::stoll(whole) > latest_second) return fail(ErrorKind::malformed, "it is after 2262");
    const std::int64_t fraction = found[3].matched ? std::stoll((found[3].str() + "000000000").substr(0, 9)) : 0;
    return std::stoll(whole) * second + fraction;
}

Result<std::int64_t> parse_normalised(const std::string& text, std::int64_t now) {
    if (text == "now") return now;
    if (text.empty()) return fail(ErrorKind::malformed, "it is empty");
    if (text.size() > longest) return fail(ErrorKind::malformed, "it is too long");
    if (const auto epoch = parse_epoch(text)) return *epoch;
    if (const auto ago = parse_ago(text, now)) return *ago;
    if (const auto calendar = parse_calendar(text, now)) return *calendar;
    return fail(ErrorKind::malformed, "it has none of the known forms");
}

std::tm local(std::int64_t realtime) {
    // Rounds down before 1970 as well.
    const std::time_t seconds = realtime / second - (realtime % second < 0 ? 1 : 0);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return parts;
}

}  // namespace

Result<std::int64_t> parse_time(std::string_view text, std::int64_t now) {
    const auto time = parse_normalised(normalised(text), now);
    if (time) return *time;
    return fail(ErrorKind::malformed,
                "'{}' is no time ({}): write it as '10 min ago', 'today 03:12' or 2026-11-23T03:12:05Z",
                printable(text, 64), printable(time.error().message));
}

std::string local_time(std::int64_t realtime, bool milliseconds) {
    const std::tm at = local(realtime);
    const std::string text = fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", at.tm_year + 1900, at.tm_mon + 1,
                                         at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec);
    return milliseconds ? fmt::format("{}.{:03}", text, (realtime % second + second) % second / 1'000'000) : text;
}

std::string local_zone(std::int64_t realtime) {
    const std::tm at = local(realtime);
    return at.tm_zone == nullptr ? "" : at.tm_zone;
}

}  // namespace virtscope
