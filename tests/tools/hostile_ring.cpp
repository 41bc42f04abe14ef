// hostile_ring RING GUESTS [now]: writes a ring of guests whose names, disks, interfaces and notes are as hostile as names
// can be; the last guest is called "well" and its note is "well, too".
// With "now" the frames are of this boot and moment, and those of an agent that writes once an hour: checks take them.
#include <cstdio>
#include <cstdlib>

#include <string_view>

#include "core/freshness.h"
#include "core/ring/writer.h"
#include "tests/top/builder.h"
#include "tests/top/hostile.h"

namespace {

void date(virtscope::top::test::Pair& pair) {
    constexpr std::int64_t second = 1'000'000'000;
    const virtscope::Now now = virtscope::read_now();
    auto roster = std::make_shared<virtscope::Roster>(*pair.now.roster);
    roster->host.boot_id = now.boot_id;
    for (virtscope::Frame* frame : {&pair.before, &pair.now}) {
        frame->roster = roster;
        const std::int64_t ago = frame == &pair.before ? second : 0;
        frame->monotonic = now.monotonic - ago;
        frame->realtime = now.realtime - ago;
        frame->set(0, virtscope::AgentMetric::tick_interval, std::uint64_t{3600} * second);
    }
}

}  // namespace

int main(int argc, char** argv) {
    using namespace virtscope;
    using namespace virtscope::top::test;
    if (argc != 3 && !(argc == 4 && std::string_view(argv[3]) == "now")) return 2;
    const std::size_t count = std::strtoul(argv[2], nullptr, 10);
    std::vector<GuestSpec> guests;
    guests.reserve(count + 1);
    for (std::size_t i = 0; i < count; ++i) {
        guests.push_back({.name = hostile_name(i),
                          .id = static_cast<std::int64_t>(i + 1),
                          .disks = {hostile_name(i + 1000)},
                          .nics = {hostile_name(i + 2000)},
                          .note = hostile_name(i + 3000)});
    }
    guests.push_back({.name = "well", .id = 99999, .note = "well, too"});
    Pair pair(guests);
    if (argc == 4) date(pair);
    auto ring = RingWriter::open(argv[1], 16 << 20);
    if (!ring) return std::fprintf(stderr, "hostile_ring: %s\n", ring.error().message.c_str()), 1;
    for (Frame* frame : {&pair.before, &pair.now}) {
        if (auto done = ring->publish(*frame); !done) {
            return std::fprintf(stderr, "hostile_ring: %s\n", done.error().message.c_str()), 1;
        }
    }
}
