// past_ring RING ZERO FROM TO: adds samples of seconds FROM to TO to a ring, second 0 being at ZERO of CLOCK_MONOTONIC, as an
// agent of this boot would have: a past that no test has to wait for. Two guests; cpu_time of guest g in second n is
// n * 1,000,000 * (g + 1) ns.
#include <cstdio>
#include <cstdlib>

#include "core/freshness.h"
#include "core/ring/writer.h"
#include "tests/core/sample.h"

namespace {

using namespace virtscope;

constexpr std::int64_t second = 1'000'000'000;

Frame frame_of(std::int64_t n, std::int64_t zero, const Now& now, const RosterPtr& who) {
    Frame frame;
    frame.monotonic = zero + n * second;
    frame.realtime = now.realtime - (now.monotonic - frame.monotonic);
    frame.boottime = frame.monotonic;
    frame.reset(who);
    frame.set(0, AgentMetric::tick_interval, second);
    for (std::size_t row = 0; row < who->guests.size(); ++row) {
        frame.set(row, GuestMetric::state, static_cast<std::uint64_t>(GuestState::running));
        frame.set(row, GuestMetric::cpu_time, static_cast<std::uint64_t>(n) * 1'000'000 * (row + 1));
    }
    return frame;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) return 2;
    const auto zero = static_cast<std::int64_t>(std::strtod(argv[2], nullptr) * 1e9);
    const std::int64_t from = std::strtol(argv[3], nullptr, 10), to = std::strtol(argv[4], nullptr, 10);
    const Now now = read_now();
    auto who = std::make_shared<Roster>(*sample::roster(2, 1));
    who->host.boot_id = now.boot_id;
    auto ring = RingWriter::open(argv[1], 16 << 20);
    if (!ring) return std::fprintf(stderr, "past_ring: %s\n", ring.error().message.c_str()), 1;
    for (std::int64_t n = from; n <= to; ++n) {
        Frame frame = frame_of(n, zero, now, who);
        if (auto done = ring->publish(frame); !done) return std::fprintf(stderr, "past_ring: %s\n", done.error().message.c_str()), 1;
    }
}
