// RingPast: the past as a ring has it, read by a reader of its own.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "top/source/event_index.h"
#include "top/source/past.h"
#include "top/source/strip.h"

namespace virtscope::top {

class RingPast final : public Past {
public:
    explicit RingPast(std::string path) : path_(std::move(path)) {}

    Result<Curves> curves(const Frame& shown, const CurvesWanted& wanted) override;
    Result<std::vector<EventAt>> events(const Frame& shown, Uuid guest, std::size_t most) override;
    Result<TimeLine> time_line(const Frame& shown) override;

private:
    // The curves drawn last of a strip: a redraw asks for them again.
    struct Kept {
        Strip strip;
        CurvesWanted wanted{};
        std::uint64_t sequence = 0;
        std::int64_t realtime = 0;
        Curves curves{};
    };

    Result<RingReader*> reader();
    Kept& kept(const std::optional<Uuid>& guest);
    Result<RingExtent> extend_events(const Frame& shown);

    std::string path_;
    std::optional<RingReader> reader_;  // from the first question on
    std::list<Kept> kept_;              // what was asked for last is first
    EventIndex index_;
};

}  // namespace virtscope::top
