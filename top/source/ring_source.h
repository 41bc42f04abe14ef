// RingSource: pictures from a ring: of the present, or of a moment of the past that somebody went to.
#pragma once

#include <string>
#include <vector>

#include "core/ring/reader.h"
#include "top/source/ring_past.h"
#include "top/source/source.h"

namespace virtscope::top {

class RingSource final : public FrameSource {
public:
    enum class Kind : std::uint8_t { ring, recording };  // a recording has no present to return to

    RingSource(RingReader reader, std::string path, Kind kind, std::chrono::nanoseconds strip_step = default_strip_step)
        : reader_(std::move(reader)),
          path_(std::move(path)),
          kind_(kind),
          in_history_(kind == Kind::recording),
          strip_(strip_step),
          past_(path_) {}

    Result<Picture> look(std::chrono::nanoseconds window) override;
    Result<Picture> at(std::int64_t realtime, std::chrono::nanoseconds window) override;
    Result<Picture> go(Move move, std::chrono::nanoseconds window) override;
    bool more_to_come() override;
    Past* past() override { return &past_; }
    Result<std::string> ring_for_orders() const override;

private:
    // Where the stretches behind a frame begin; null: the rates' is about a window long, the events' the same.
    struct Begin {
        FramePtr rates{};
        FramePtr events{};
    };

    Result<bool> follow(std::chrono::nanoseconds window);
    Result<bool> stay(std::chrono::nanoseconds window);
    Result<bool> show(Result<FramePtr> frame, std::chrono::nanoseconds window, const Begin& begin);
    Picture picture_now(bool is_new);

    Result<FramePtr> eventful(Move move);
    Result<FramePtr> target_of(Move move, std::chrono::nanoseconds window);
    std::string remark_on(Move move, bool ended);

    RingReader reader_;
    std::string path_;
    Kind kind_;
    bool in_history_;
    FramePtr last_;  // the frame shown
    FramePair pair_{nullptr, nullptr};
    std::chrono::nanoseconds window_{0};
    std::vector<EventAt> events_;
    std::string notice_;  // about the moment shown
    CpuStrip strip_;
    RingPast past_;
};

}  // namespace virtscope::top
