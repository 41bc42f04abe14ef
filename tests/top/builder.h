// Synthetic hosts for the views' tests: the machine of the captures of the original virt-top (2 CPUs, 2596 MHz,
// 9562 MB, host name "vm"), at 16:28:41 UTC, with whatever guests a test wants.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "top/session/session.h"
#include "top/source/scene.h"

namespace virtscope::top::test {

inline constexpr std::int64_t second = 1'000'000'000;

struct GuestSpec {
    std::string name;
    std::int64_t id = 1;
    GuestState state = GuestState::running;
    std::vector<std::string> disks{"vda"};
    std::vector<std::string> nics{"vnet0"};
    std::uint32_t vcpus = 1;
    std::uint64_t generation = 1;
    std::string note{};
};

RosterPtr roster_of(const std::vector<GuestSpec>& guests);

// A frame `at` ns after the first, all guests as the specs say: state, 16 MiB, CPU time 0, wait 0, all block and
// net counters 0, answered 300 ms ago.
Frame frame_of(const std::vector<GuestSpec>& guests, const RosterPtr& roster, std::int64_t at);

// Two frames of the same guests, `interval` apart, to be changed before they become a picture.
struct Pair {
    Frame before, now;
    explicit Pair(const std::vector<GuestSpec>& guests, std::int64_t interval = second);
    Picture picture() const;
};

Picture picture_of(Frame before, Frame now);
// One host, labelled as its frame says.
Scene scene_of(Picture picture);
// A session whose list of guests is in that order.
Session ordered_by(std::string_view column);
// What a source without an earlier frame gives.
Picture first_picture(Frame now);

// `count` guests "g0001"… with different figures each: guest i uses i/10 % of the host.
Pair many(std::size_t count);

}  // namespace virtscope::top::test
