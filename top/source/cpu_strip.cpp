#include "top/source/cpu_strip.h"

#include "top/view/figures.h"

namespace virtscope::top {
namespace {

using Values = std::vector<std::optional<double>>;

bool is_follower(const Frame& frame, const Frame& last, std::chrono::nanoseconds step) {
    return frame.roster->host.boot_id == last.roster->host.boot_id && frame.monotonic >= last.monotonic &&
           frame.monotonic - last.monotonic < 2 * step.count();
}

std::optional<double> share(FramePtr before, FramePtr now) {
    return totals_of(FramePair(std::move(before), std::move(now))).cpu_percent;
}

}  // namespace

const Values& CpuStrip::at(RingReader& reader, const FramePtr& now) {
    if (!last_ || !is_follower(*now, *last_, step_)) {
        begin(reader, now);
    } else if (now->monotonic - last_->monotonic >= step_.count()) {
        values_.insert(values_.begin(), share(last_, now));
        if (values_.size() > strip_length) values_.pop_back();
        last_ = now;
    }
    return values_;
}

// What cannot be read is not there: the strip is short. So it is where the ring begins.
void CpuStrip::begin(RingReader& reader, const FramePtr& now) {
    values_.clear();
    last_ = now;
    for (FramePtr end = now; values_.size() < strip_length;) {
        auto begin = reader.before(*end, step_);
        if (!begin || !*begin || end->monotonic - (*begin)->monotonic < step_.count()) return;
        values_.push_back(share(*begin, end));
        end = std::move(*begin);
    }
}

}  // namespace virtscope::top
