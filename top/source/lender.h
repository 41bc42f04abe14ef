// Lender: gives frames to another thread and takes them back. A RingReader uses the memory of a frame again once nobody
// holds it, and may do so only when the last holder let go in the reader's thread (core/ring/reader.h).
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "core/frame.h"
#include "top/source/picture.h"

namespace virtscope::top {

class Lender {
public:
    // The picture with frames that come back here when their last holder lets go, in whatever thread.
    Picture lend(Picture picture) const;

    // Lets go what has come back: to be called in the reader's thread.
    void take_back();

private:
    struct Returned {
        std::mutex mutex;
        std::vector<FramePtr> frames;
    };
    FramePtr lent(const FramePtr& frame) const;

    std::shared_ptr<Returned> returned_ = std::make_shared<Returned>();
};

}  // namespace virtscope::top
