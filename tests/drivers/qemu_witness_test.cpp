#include <doctest/doctest.h>

#include "drivers/qemu/schedule.h"
#include "drivers/qemu/witness.h"

using namespace virtscope;
using namespace virtscope::qemu;

namespace {

constexpr Witness w(std::uint64_t home, std::uint64_t vcpus, bool usable = true) { return {home, vcpus, usable}; }

}  // namespace

TEST_CASE("a proof holds while its witnesses stand still") {
    struct Row {
        bool settled, needs_vcpus;
        Witness now;
        bool holds;
    };
    // Settled at home 10, vCPUs 20.
    const Row rows[] = {
        {true, false, w(10, 20), true},   {true, false, w(10, 0), true},    {true, false, w(11, 20), false},
        {true, true, w(10, 20), true},    {true, true, w(10, 21), false},   {false, false, w(10, 20), false},
        {true, false, w(10, 20, false), false},
    };
    for (const Row& row : rows) {
        Proof proof;
        proof.settled = row.settled;
        proof.needs_vcpus = row.needs_vcpus;
        proof.at = w(10, 20);
        CHECK(holds(proof, row.now) == row.holds);
    }
}

TEST_CASE("an answer settles only if no vCPU ran from before the question until everyone sleeps") {
    struct Row {
        Witness before, first, second;
        bool asleep, settles;
    };
    const Row rows[] = {
        {w(1, 5), w(2, 5), w(2, 5), true, true},           // only our question moved the main thread
        {w(1, 5), w(2, 6), w(2, 6), true, false},          // a vCPU ran: it may have submitted or reaped
        {w(1, 5), w(2, 5), w(2, 6), true, false},          // between the two looks
        {w(1, 5), w(2, 5), w(3, 5), true, false},          // the main thread is not done
        {w(1, 5), w(2, 5), w(2, 5), false, false},         // somebody is running, stopped or stuck
        {w(1, 5, false), w(2, 5), w(2, 5), true, false},   // no scheduler statistics
        {w(1, 5), w(2, 5, false), w(2, 5), true, false},
    };
    for (const Row& row : rows) CHECK(settles(row.before, row.first, row.second, row.asleep) == row.settles);
}

TEST_CASE("a guest whose threads were never counted is no witness") {
    const TaskClock closed;  // reads nothing
    CHECK_FALSE(read_witness(closed, {}, {}, true).usable);
}

TEST_CASE("slow questions: spread over the interval, one at a time, none that cannot differ") {
    DriverOptions options;
    options.slow_interval = std::chrono::seconds(30);
    MonitorFacts facts;
    const auto start = Clock::now();
    std::array<int, 31> per_second{};
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        Schedule schedule(seed * 0x9e3779b97f4a7c15ULL, options);
        for (int second = 0; second <= 30; ++second) {
            const auto now = start + std::chrono::seconds(second);
            if (schedule.slow_due(now) && schedule.take_slow(now, false, {}, w(0, 0), facts, true)) {
                ++per_second[static_cast<std::size_t>(second)];
            }
        }
    }
    for (std::size_t second = 1; second < 30; ++second) {
        CHECK(per_second[second] >= 10);  // 900 questions in 30 seconds
        CHECK(per_second[second] <= 60);
    }
}

TEST_CASE("slow questions: refused ones and those of a guest that has not moved are left out") {
    DriverOptions options;
    options.slow_interval = std::chrono::seconds(1);
    Schedule schedule(1, options);
    MonitorFacts facts;
    facts.refused[static_cast<std::size_t>(Command::balloon)] = true;
    Proof proof;
    proof.settled = true;
    proof.epoch = 3;
    schedule.settled(Command::block, proof);
    schedule.vcpus_read(77);
    const auto later = Clock::now() + std::chrono::seconds(5);
    CHECK(schedule.slow_due(later));
    CHECK_FALSE(schedule.take_slow(later, true, proof, w(1, 77), facts, true));
    proof.epoch = 4;  // it has moved and settled again
    CHECK(schedule.take_slow(later + std::chrono::seconds(5), true, proof, w(1, 77), facts, true) == Command::block);
    CHECK(schedule.take_slow(later + std::chrono::seconds(9), true, proof, w(1, 78), facts, true) == Command::vcpu_stats);
    schedule.settled(Command::block, proof);
    CHECK_FALSE(schedule.take_slow(later + std::chrono::seconds(10), true, proof, w(1, 78), facts, false));
}

TEST_CASE("a busy guest is tried to be settled ever more seldom, at least every eighth time") {
    Schedule schedule(1, {});
    int tries = 0;
    for (int tick = 0; tick < 80; ++tick) {
        if (!schedule.try_settle()) continue;
        ++tries;
        schedule.settle_result(false);
    }
    CHECK(tries >= 10);
    CHECK(tries <= 16);
    schedule.spared();
    schedule.woke();
    CHECK(schedule.try_settle());
}

TEST_CASE("a guest that wakes up each time before settling it has saved a question is treated as a busy one") {
    Schedule schedule(1, {});
    int tries = 0;
    for (int tick = 0; tick < 80; ++tick) {
        if (!schedule.try_settle()) continue;
        ++tries;
        schedule.settle_result(true);
        schedule.woke();
    }
    CHECK(tries >= 10);
    CHECK(tries <= 16);
}
