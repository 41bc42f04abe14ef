// One writer thread and reader threads on a ring so small that readers are overtaken all the time.
#include <atomic>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "core/ring/reader.h"
#include "core/ring/writer.h"
#include "tests/core/sample.h"

using namespace virtscope;

namespace {

constexpr std::uint64_t frames = 4000;

struct Seen {
    std::uint64_t good = 0;
    std::uint64_t bad = 0;
    std::uint64_t lost = 0;
    std::uint64_t last = 0;
};

void take(const FramePtr& frame, Seen& seen) {
    const bool good = frame->sequence > seen.last && sample::genuine(*frame);
    ++(good ? seen.good : seen.bad);
    seen.last = frame->sequence;
}

void follow(const std::string& path, Seen& seen) {
    auto ring = RingReader::open(path);
    while (ring && seen.last < frames) {
        const auto batch = ring->since(seen.last, 16);
        if (!batch) {
            ++seen.bad;
            return;
        }
        seen.lost += batch->lost;
        for (const FramePtr& frame : batch->frames) take(frame, seen);
    }
}

void watch_newest(const std::string& path, Seen& seen) {
    auto ring = RingReader::open(path);
    while (ring && seen.last < frames) {
        const auto newest = ring->newest();
        if (newest && (*newest)->sequence != seen.last) take(*newest, seen);
        if (newest && (*newest)->sequence < seen.last) ++seen.bad;
    }
}

}  // namespace

TEST_CASE("threads: readers see whole frames in order and count what they lost") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    auto ring = RingWriter::open(path, 64 << 10);
    REQUIRE(ring);
    std::vector<Seen> seen(4);
    std::vector<std::thread> threads;
    for (Seen& mine : seen) {
        auto* const job = (&mine - seen.data()) % 2 == 0 ? follow : watch_newest;
        threads.emplace_back(job, path, std::ref(mine));
    }
    std::atomic<bool> failed = false;
    std::thread writer([&] {
        Frame frame;
        for (std::uint64_t n = 1; n <= frames; ++n) {
            sample::fill(frame, n, sample::roster(n / 50 % 4, static_cast<unsigned>(n / 50)));
            if (!ring->publish(frame)) failed = true;
        }
    });
    writer.join();
    for (std::thread& thread : threads) thread.join();
    CHECK(!failed);
    for (const Seen& mine : seen) {
        CHECK(mine.bad == 0);
        CHECK(mine.good > 0);
        CHECK(mine.last == frames);
    }
    for (const std::size_t i : {0U, 2U}) CHECK(seen[i].good + seen[i].lost == frames);
}
