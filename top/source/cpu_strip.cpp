#include "top/source/cpu_strip.h"

#include "top/view/figures.h"

namespace virtscope::top {
namespace {

using Clock = std::chrono::steady_clock;
using Values = std::vector<std::optional<double>>;

constexpr auto most_at_once = std::chrono::milliseconds(25);

bool is_follower(const Frame& frame, const Frame& last, std::chrono::nanoseconds step) {
    return frame.roster->host.boot_id == last.roster->host.boot_id && frame.monotonic >= last.monotonic &&
           frame.monotonic - last.monotonic < 2 * step.count();
}

std::optional<double> share(FramePtr before, FramePtr now) {
    return totals_of(FramePair(std::move(before), std::move(now))).cpu_percent;
}

}  // namespace

const Values& CpuStrip::at(RingReader& reader, const FramePtr& now) {
    if (step_.count() == 0) return values_;
    if (!last_ || !is_follower(*now, *last_, step_)) {
        values_.clear();
        last_ = earliest_ = now;
    } else if (now->monotonic - last_->monotonic >= step_.count()) {
        values_.insert(values_.begin(), share(last_, now));
        if (values_.size() > strip_length) values_.pop_back();
        last_ = now;
    }
    go_back(reader);
    return values_;
}

// What cannot be read is not there: the strip is short. So it is where the ring begins.
void CpuStrip::go_back(RingReader& reader) {
    const auto begun = Clock::now();
    while (earliest_ && values_.size() < strip_length && Clock::now() - begun < most_at_once) {
        auto begin = reader.before(*earliest_, step_);
        const bool is_whole = begin && *begin && earliest_->monotonic - (*begin)->monotonic >= step_.count();
        if (is_whole) values_.push_back(share(*begin, earliest_));
        earliest_ = is_whole ? std::move(*begin) : nullptr;
    }
    if (values_.size() >= strip_length) earliest_.reset();
}

}  // namespace virtscope::top
