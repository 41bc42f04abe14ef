#include "exporters/prometheus/status.h"

#include <utility>

#include <fmt/format.h>

#include "core/text.h"

namespace virtscope::exporters {

Result<FramePtr> Watch::newest() {
    if (!reader_) {
        auto opened = RingReader::open(ring_);
        if (!opened) return std::unexpected(opened.error());
        reader_ = std::move(*opened);
    }
    auto frame = reader_->newest();
    if (!frame) reader_.reset();
    return frame;
}

Status Watch::look() {
    Status status;
    auto frame = newest();
    // The clocks after the frame: one published in between would seem to be from the future.
    status.now = read_now_();
    if (!frame) {
        status.complaint = frame.error().message;
        return status;
    }
    status.frame = std::move(*frame);
    status.age = age_of(*status.frame, status.now);
    status.is_up = is_live(*status.frame, status.now);
    if (status.is_up) return status;
    status.complaint = status.age ? fmt::format("the newest sample is {} old", human_duration(status.age->count()))
                                  : std::string("the newest sample is from the future (a clock was set back?)");
    status.complaint += ": is virtscoped running? See systemctl status virtscoped";
    return status;
}

}  // namespace virtscope::exporters
