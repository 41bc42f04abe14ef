// hostile_ring RING GUESTS: writes a ring of guests whose names, disks, interfaces and notes are as hostile as names
// can be; the last guest is called "well" and its note is "well, too".
#include <cstdio>
#include <cstdlib>

#include "core/ring/writer.h"
#include "tests/top/builder.h"
#include "tests/top/hostile.h"

int main(int argc, char** argv) {
    using namespace virtscope;
    using namespace virtscope::top::test;
    if (argc != 3) return 2;
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
    auto ring = RingWriter::open(argv[1], 16 << 20);
    if (!ring) return std::fprintf(stderr, "hostile_ring: %s\n", ring.error().message.c_str()), 1;
    for (Frame* frame : {&pair.before, &pair.now}) {
        if (auto done = ring->publish(*frame); !done) {
            return std::fprintf(stderr, "hostile_ring: %s\n", done.error().message.c_str()), 1;
        }
    }
}
