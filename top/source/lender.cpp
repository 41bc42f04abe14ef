#include "top/source/lender.h"

#include <utility>

namespace virtscope::top {

FramePtr Lender::lent(const FramePtr& frame) const {
    if (!frame) return nullptr;
    return {frame.get(), [held = FramePtr(frame), returned = returned_](const Frame*) mutable {
                const std::scoped_lock lock(returned->mutex);
                returned->frames.push_back(std::move(held));
            }};
}

Picture Lender::lend(Picture picture) const {
    picture.pair = FramePair(lent(picture.pair.before()), lent(picture.pair.now()));
    return picture;
}

void Lender::take_back() {
    std::vector<FramePtr> frames;
    const std::scoped_lock lock(returned_->mutex);
    frames.swap(returned_->frames);
}

}  // namespace virtscope::top
