#include "agent/ctl/range.h"

#include <algorithm>
#include <ctime>

#include "agent/ctl/output.h"
#include "core/clock.h"
#include "core/time_text.h"

namespace virtscope {
namespace {

Result<std::int64_t> time_of(const char* option, const std::string& text) {
    const auto time = parse_time(text, clock_ns(CLOCK_REALTIME));
    if (!time) return fail(ErrorKind::malformed, "{}: {}", option, time.error().message);
    return *time;
}

}  // namespace

Result<TimeRange> range_of(const Request& request, std::int64_t newest, std::chrono::nanoseconds back) {
    newest = std::max<std::int64_t>(0, newest);  // a file may say anything
    TimeRange range{.from = TimeRange{}.from, .to = newest};
    if (!request.to.empty()) {
        const auto to = time_of("--to", request.to);
        if (!to) return std::unexpected(to.error());
        range.to = *to;
    }
    if (!request.from.empty()) {
        const auto from = time_of("--from", request.from);
        if (!from) return std::unexpected(from.error());
        range.from = *from;
    } else if (back.count() != 0) {
        range.from = std::min(range.to, newest) - back.count();
    }
    if (range.from <= range.to || request.to.empty()) return TimeRange{range.from, std::max(range.from, range.to)};
    return fail(ErrorKind::malformed, "--from {} is after --to {}", local_time(range.from), local_time(range.to));
}

void note_lost(std::uint64_t lost) {
    if (lost != 0) note(fmt::format("{} frame{} of that range could not be read", lost, lost == 1 ? "" : "s"));
}

}  // namespace virtscope
