// Tape: a ring with a frame each second of one guest "a", which began 1,000 s ago, for tests of sources.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/freshness.h"
#include "core/ring/writer.h"
#include "tests/core/sample.h"
#include "tests/top/builder.h"
#include "top/source/source.h"

namespace virtscope::top::test {

class Tape {
public:
    explicit Tape(std::uint64_t bytes = 4 << 20, std::vector<GuestSpec> guests = {{.name = "a"}})
        : guests_(std::move(guests)), writer_(*RingWriter::open(folder_.file("ring"), bytes)) {
        boot("one");
    }

    void boot(const std::string& id) {
        auto roster = std::make_shared<Roster>(*roster_of(guests_));
        roster->host.boot_id = id;
        roster_ = std::move(roster);
    }
    void change_guests(std::vector<GuestSpec> guests) {
        guests_ = std::move(guests);
        boot(roster_->host.boot_id);
    }
    Uuid uuid(std::size_t guest = 0) const { return roster_->guests.at(guest).uuid; }

    // The guest's CPU time tells the frame: n² ns at second n. `fill` may say more.
    void publish(std::int64_t at, std::vector<Event> events = {}, std::int64_t wall_clock_set = 0,
                 const std::function<void(Frame&)>& fill = {}) {
        Frame frame = frame_of(guests_, roster_, at * second);
        frame.realtime = begin + (at + wall_clock_set) * second;
        if (!guests_.empty()) frame.set(0, GuestMetric::cpu_time, static_cast<std::uint64_t>(at * at));
        frame.events = std::move(events);
        if (fill) fill(frame);
        REQUIRE(writer_.publish(frame));
    }
    void publish_until(std::int64_t from, std::int64_t to) {
        for (std::int64_t at = from; at <= to; ++at) publish(at);
    }

    std::unique_ptr<FrameSource> ring() { return opened(open_ring_source(folder_.file("ring"))); }
    std::unique_ptr<FrameSource> recording() { return opened(open_recording_source(folder_.file("ring"))); }

    const std::int64_t begin = read_now().realtime - 1000 * second;

private:
    static std::unique_ptr<FrameSource> opened(Result<std::unique_ptr<FrameSource>> source) {
        REQUIRE(source);
        REQUIRE((*source)->look(std::chrono::seconds(3)));
        return std::move(*source);
    }

    sample::Directory folder_;
    std::vector<GuestSpec> guests_;
    RosterPtr roster_;
    RingWriter writer_;
};

}  // namespace virtscope::top::test
