#include "core/calendar_text.h"

#include <array>
#include <regex>
#include <string_view>

#include "core/moment.h"

namespace virtscope {
namespace {

int number(const std::ssub_match& digits) { return digits.matched ? std::stoi(digits.str()) : 0; }

std::optional<int> month_by_name(const std::string& name) {
    static constexpr std::array<std::string_view, 12> months{"january",   "february", "march",    "april",
                                                             "may",       "june",     "july",     "august",
                                                             "september", "october",  "november", "december"};
    for (std::size_t i = 0; i < months.size(); ++i) {
        if (name.size() >= 3 && months[i].starts_with(name)) return static_cast<int>(i);
    }
    return std::nullopt;
}

Result<> set_clock(const std::smatch& found, Moment& out) {
    out.parts.tm_hour = number(found[1]);
    out.parts.tm_min = number(found[2]);
    out.parts.tm_sec = number(found[3]);
    if (found[4].matched) out.fraction = std::stoll((found[4].str() + "000000000").substr(0, 9));
    const bool good = out.parts.tm_hour < 24 && out.parts.tm_min < 60 && out.parts.tm_sec < 60;
    if (!good) return fail(ErrorKind::malformed, "a day has no {}", found.str());
    return {};
}

Result<> set_zone(const std::string& zone, Moment& out) {
    out.zone = 0;
    if (zone == "z" || zone == "utc" || zone == "gmt") return {};
    const int hours = std::stoi(zone.substr(1, 2));
    const int minutes = zone.size() > 3 ? std::stoi(zone.substr(zone.size() - 2)) : 0;
    if (hours > 14 || minutes > 59) return fail(ErrorKind::malformed, "no zone is {} from Greenwich", zone);
    out.zone = (zone[0] == '-' ? -60L : 60L) * (hours * 60 + minutes);
    return {};
}

// "03:12": the latest one.
Result<std::int64_t> clock_alone(Moment moment, std::int64_t now) {
    auto time = to_epoch(moment);
    if (!time || *time <= now) return time;
    --moment.parts.tm_mday;
    return to_epoch(moment);
}

// "nov 23": the latest one.
Result<std::int64_t> day_of_month(int month, int day, std::optional<int> year, Moment moment, std::int64_t now) {
    const int this_year = moment.parts.tm_year + 1900;
    // Feb 29 is eight years back at most.
    for (int back = 0; back <= 8; ++back) {
        Moment candidate = moment;
        if (auto set = set_date(year ? *year : this_year - back, month, day, candidate); !set) {
            if (year || day > 29) return std::unexpected(set.error());
            continue;
        }
        const auto time = to_epoch(candidate);
        if (year || !time || *time <= now) return time;
    }
    return fail(ErrorKind::malformed, "the calendar has no such day");
}

Result<std::int64_t> on_date(const std::string& date, Moment moment, std::int64_t now) {
    static const std::regex iso(R"((\d{4})-(\d\d?)-(\d\d?))");
    static const std::regex month_first(R"(([a-z]+)\.? (\d\d?)(?:,? (\d{4}))?)");
    static const std::regex day_first(R"((\d\d?)\.? ([a-z]+)\.?(?:,? (\d{4}))?)");
    std::smatch found;
    if (date == "yesterday") --moment.parts.tm_mday;
    if (date == "today" || date == "yesterday") return to_epoch(moment);
    if (std::regex_match(date, found, iso)) {
        if (auto set = set_date(number(found[1]), number(found[2]) - 1, number(found[3]), moment); !set) {
            return std::unexpected(set.error());
        }
        return to_epoch(moment);
    }
    const bool first = std::regex_match(date, found, month_first);
    if (!first && !std::regex_match(date, found, day_first)) return fail(ErrorKind::malformed, "'{}' is no date", date);
    const auto month = month_by_name(found[first ? 1 : 2].str());
    if (!month) return fail(ErrorKind::malformed, "'{}' is no month", found[first ? 1 : 2].str());
    const auto year = found[3].matched ? std::optional(number(found[3])) : std::nullopt;
    return day_of_month(*month, number(found[first ? 2 : 1]), year, moment, now);
}

}  // namespace

std::optional<Result<std::int64_t>> parse_calendar(const std::string& text, std::int64_t now) {
    static const std::regex zone_end(R"( ?(z|utc|gmt|[+-]\d\d(?::?\d\d)?)$)");
    static const std::regex clock_end(R"((?:^|[t ])(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?$)");
    static const std::regex date_form(R"(today|yesterday|\d{4}-\d.*|[a-z]{3,}\.? \d.*|\d\d?\.? [a-z]{3,}.*)");
    Moment moment = midnight(now);
    std::string date = text;
    std::smatch found;
    std::string zone;
    // A zone follows a time of day: the end of "2026-11-23" is none.
    if (std::regex_search(date, found, zone_end) && found.prefix().str().find(':') != std::string::npos) {
        zone = found[1];
        date = found.prefix();
    }
    const std::string before_clock = date;
    const bool clock = std::regex_search(before_clock, found, clock_end);
    if (clock) {
        date = found.prefix();
        if (auto set = set_clock(found, moment); !set) return std::unexpected(set.error());
    }
    if (!clock && !std::regex_match(date, date_form)) return std::nullopt;
    if (!zone.empty()) {
        if (date.empty() || date[0] < '0' || date[0] > '9') {
            return fail(ErrorKind::malformed, "a zone needs a date as 2026-11-23 before it");
        }
        if (auto set = set_zone(zone, moment); !set) return std::unexpected(set.error());
    }
    return date.empty() ? clock_alone(moment, now) : on_date(date, moment, now);
}

}  // namespace virtscope
