#include "exporters/base/silence.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "exporters/base/complain.h"

namespace virtscope::exporters {

void copy_head(const Frame& frame, std::optional<Frame>& into) {
    if (!into) into.emplace();
    into->realtime = frame.realtime;
    into->monotonic = frame.monotonic;
    into->roster = frame.roster;
    into->table(Scope::Agent) = frame.table(Scope::Agent);
}

void Silence::heard(const Frame& frame) {
    copy_head(frame, newest_);
    // While what is old is caught up with, nothing is known of now.
    if (since_ == 0 || !is_live(frame, read_now())) return;
    complain(fmt::format("{}: new samples again, after {} without", ring_,
                         human_duration(std::max<std::int64_t>(0, frame.realtime - since_))));
    since_ = 0;
}

void Silence::look() {
    if (since_ != 0 || !newest_) return;
    const Now now = read_now();
    if (is_live(*newest_, now)) return;
    since_ = newest_->realtime;
    const auto age = age_of(*newest_, now);
    complain(fmt::format("{}: no new sample{}; does virtscoped run?", ring_,
                         age ? " for " + human_duration(age->count()) : std::string()));
}

}  // namespace virtscope::exporters
