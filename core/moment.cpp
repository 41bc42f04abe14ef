#include "core/moment.h"

#include <chrono>

namespace virtscope {
namespace {

constexpr std::int64_t second = 1'000'000'000;

}  // namespace

Moment midnight(std::int64_t now) {
    const std::time_t seconds = now / second;
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
    return {.parts = parts, .fraction = 0, .zone = std::nullopt};
}

Result<> set_date(int year, int month, int day, Moment& out) {
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month + 1)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return fail(ErrorKind::malformed, "the calendar has no such day");
    out.parts.tm_year = year - 1900;
    out.parts.tm_mon = month;
    out.parts.tm_mday = day;
    return {};
}

Result<std::int64_t> to_epoch(Moment moment) {
    moment.parts.tm_isdst = -1;
    const std::time_t seconds = moment.zone ? ::timegm(&moment.parts) - *moment.zone : ::mktime(&moment.parts);
    std::int64_t out = 0;
    if (seconds < 0) return fail(ErrorKind::malformed, "it is before 1970");
    if (__builtin_mul_overflow(std::int64_t{seconds}, second, &out) ||
        __builtin_add_overflow(out, moment.fraction, &out)) {
        return fail(ErrorKind::malformed, "it is after 2262");
    }
    return out;
}

}  // namespace virtscope
