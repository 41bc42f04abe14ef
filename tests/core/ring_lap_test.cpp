// A writer process publishes as fast as it can into a ring of 64 KiB while others follow it: each of them has
// received or lost every frame, exactly, and received it whole.
#include <array>
#include <atomic>
#include <chrono>

#include <doctest/doctest.h>

#include "core/ring/reader.h"
#include "core/ring/writer.h"
#include "tests/core/children.h"
#include "tests/core/sample.h"

using namespace virtscope;

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t readers = 4;

struct Seen {
    std::atomic<std::uint64_t> received;
    std::atomic<std::uint64_t> lost;      // as since() says
    std::atomic<std::uint64_t> gaps;      // as the sequences say
    std::atomic<std::uint64_t> last;
    std::atomic<std::uint64_t> torn;
    std::atomic<std::uint64_t> backwards;
};

struct Board {
    std::atomic<std::uint64_t> end;  // the last sequence, when the writer is done
    std::array<Seen, readers> seen;
};

int write_for(std::chrono::milliseconds duration, const std::string& path, Board& board) {
    auto ring = RingWriter::open(path, 64 << 10);
    if (!ring) return 1;
    Frame frame;
    const auto until = Clock::now() + duration;
    std::uint64_t number = 0;
    while (Clock::now() < until) {
        ++number;
        sample::fill(frame, number, sample::roster(1 + number / 100 % 3, static_cast<unsigned>(number / 100)));
        if (!ring->publish(frame) || frame.sequence != number) return 1;
    }
    board.end = number;
    return 0;
}

void take(const Frame& frame, Seen& seen) {
    if (frame.sequence <= seen.last) ++seen.backwards;
    if (!sample::genuine(frame)) ++seen.torn;
    seen.gaps += frame.sequence - seen.last - 1;
    seen.last = frame.sequence;
    ++seen.received;
}

// `limit`: the smaller, the more often it is lapped in the middle of what it wants.
int follow(const std::string& path, Board& board, Seen& seen, std::size_t limit) {
    auto ring = RingReader::open(path);
    if (!ring) return 1;
    while (board.end == 0 || seen.last < board.end) {
        const auto batch = ring->since(seen.last, limit);
        if (!batch) return 2;
        seen.lost += batch->lost;
        for (const FramePtr& frame : batch->frames) take(*frame, seen);
        if (batch->frames.empty() && !ring->wait(seen.last, std::chrono::milliseconds(50))) return 3;
    }
    return 0;
}

}  // namespace

TEST_CASE("lapped readers: received and lost together are all that was published") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    { REQUIRE(RingWriter::open(path, 64 << 10)); }
    auto& board = children::shared<Board>();
    std::array<pid_t, readers> pids{};
    const std::array<std::size_t, readers> limits{1, 4, 16, 1000};
    for (std::size_t i = 0; i < readers; ++i) {
        pids.at(i) = children::start([&] { return follow(path, board, board.seen.at(i), limits.at(i)); });
    }
    const int wrote = children::wait_for(children::start([&] { return write_for(std::chrono::seconds(3), path, board); }));
    REQUIRE_MESSAGE(children::well(wrote), children::say(wrote));
    for (const pid_t pid : pids) {
        const int status = children::wait_for(pid);
        CHECK_MESSAGE(children::well(status), children::say(status));
    }
    std::uint64_t lost = 0;
    for (const Seen& seen : board.seen) {
        MESSAGE(board.end.load(), " published, ", seen.received.load(), " received, ", seen.lost.load(), " lost");
        CHECK(seen.received + seen.lost == board.end);
        CHECK(seen.lost == seen.gaps);
        CHECK(seen.last == board.end);
        CHECK(seen.torn == 0);
        CHECK(seen.backwards == 0);
        CHECK(seen.received > 0);
        lost += seen.lost;
    }
    CHECK(lost > 0);
}
