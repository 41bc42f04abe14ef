#include <fmt/format.h>

#include "core/freshness.h"
#include "core/ring/reader.h"
#include "core/text.h"
#include "top/source.h"

namespace virtscope::top {
namespace {

using std::chrono::nanoseconds;

std::string silence(const Frame& frame, const Now& now) {
    if (is_live(frame, now)) return {};
    const auto age = age_of(frame, now);
    if (!age) return "the newest frame is from the future: this host's clock or the ring's is wrong";
    return fmt::format("agent silent for {}: this is what it saw last", human_duration(age->count()));
}

class RingSource final : public FrameSource {
public:
    explicit RingSource(RingReader reader) : reader_(std::move(reader)) {}

    Result<Picture> look(nanoseconds window) override {
        auto read = take(window);
        if (!read && !last_) return std::unexpected(read.error());
        const Now now = read_now();
        Picture picture{.pair = pair_};
        picture.age = age_of(*last_, now);
        picture.notice = read ? silence(*last_, now) : read.error().message;
        picture.is_new = read && *read;
        picture.has_rates = picture.pair.interval() != 0;
        return picture;
    }

    bool more_to_come() override { return last_ && is_live(*last_, read_now()); }

private:
    // True: there is a new frame, last_ and pair_ are of it.
    Result<bool> take(nanoseconds window) {
        auto newest = reader_.newest();
        if (!newest) return std::unexpected(newest.error());
        if (last_ && is_same(**newest, *last_)) return false;
        // Output of one tick after the other: no frame between two pictures is left out of the rates.
        const bool follows = last_ && (*newest)->monotonic - last_->monotonic >= window.count() * 3 / 4;
        FramePtr older = last_;
        if (!follows) {
            auto found = reader_.before(**newest, window);
            if (!found) return std::unexpected(found.error());
            older = std::move(*found);
        }
        last_ = std::move(*newest);
        pair_ = FramePair(std::move(older), last_);
        return true;
    }

    static bool is_same(const Frame& a, const Frame& b) {
        return a.sequence == b.sequence && a.monotonic == b.monotonic && a.realtime == b.realtime;
    }

    RingReader reader_;
    FramePtr last_;
    FramePair pair_{nullptr, nullptr};
};

}  // namespace

Result<std::unique_ptr<FrameSource>> open_ring_source(const std::string& path) {
    auto reader = RingReader::open(path);
    if (!reader) return std::unexpected(reader.error());
    return std::make_unique<RingSource>(std::move(*reader));
}

}  // namespace virtscope::top
