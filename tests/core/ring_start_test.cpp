// Writers that start all at once: in each round exactly one gets the ring and the others are told that it is busy; a
// killed writer never stands in the way of the next.
#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <set>

#include <doctest/doctest.h>
#include <unistd.h>

#include "core/ring/reader.h"
#include "core/ring/writer.h"
#include "tests/core/children.h"
#include "tests/core/sample.h"

using namespace virtscope;

namespace {

constexpr std::uint64_t bytes = 32 << 10;
constexpr unsigned at_once = 20;
constexpr unsigned rounds = 50;

struct Board {
    std::atomic<unsigned> ready;
    std::atomic<bool> go;
    std::atomic<bool> over;
    std::atomic<unsigned> done;
    std::atomic<unsigned> winners;
    std::atomic<pid_t> winner;
    std::atomic<std::uint64_t> sequence;  // the winner's frame
    std::atomic<unsigned> busy;
    std::atomic<unsigned> other;     // errors of another kind
    std::atomic<unsigned> unnamed;   // "busy" without the winner's process id, which may not be written yet
};

// All start to open at the same instant; the winner stays until it is killed, the others end.
int compete(const std::string& path, std::uint64_t size, Board& board) {
    ++board.ready;
    while (!board.go) ::usleep(50);
    auto ring = RingWriter::open(path, size);
    if (!ring) {
        ++(ring.error().kind == ErrorKind::busy ? board.busy : board.other);
        if (ring.error().message.find("process id") == std::string::npos) ++board.unnamed;
        ++board.done;
        return 0;
    }
    Frame frame = sample::frame(1, sample::roster(1));
    if (!ring->publish(frame)) ++board.other;
    board.sequence = frame.sequence;
    board.winner = ::getpid();
    ++board.winners;
    ++board.done;
    while (!board.over) ::usleep(1000);
    return 0;
}

void wait_until(const std::atomic<unsigned>& count, unsigned wanted) {
    for (unsigned i = 0; i < 100'000 && count < wanted; ++i) ::usleep(100);
    REQUIRE(count == wanted);
}

void play(const std::string& path, std::uint64_t size, Board& board) {
    std::array<pid_t, at_once> pids{};
    for (pid_t& pid : pids) pid = children::start([&] { return compete(path, size, board); });
    wait_until(board.ready, at_once);
    board.go = true;
    wait_until(board.done, at_once);
    CHECK(board.winners == 1);
    CHECK(board.busy == at_once - 1);
    CHECK(board.other == 0);
    if (board.winner != 0) REQUIRE(::kill(board.winner, SIGKILL) == 0);
    board.over = true;
    for (const pid_t pid : pids) {
        const int status = children::wait_for(pid);
        CHECK((children::well(status) || pid == board.winner));
    }
}

}  // namespace

TEST_CASE("1,000 writers in rounds of 20: one winner each, and none is refused after a kill") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    auto& board = children::shared<Board>();
    unsigned unnamed = 0;
    std::uint64_t last = 0;
    for (unsigned round = 0; round < rounds; ++round) {
        new (&board) Board{};
        CAPTURE(round);
        // In turn: the ring that is there, one of another size to be set aside, no file at all.
        if (round % 5 == 4) {
            REQUIRE(::unlink(path.c_str()) == 0);
            last = 0;
        }
        const std::uint64_t size = round % 5 < 2 ? bytes : 2 * bytes;
        play(path, size, board);
        unnamed += board.unnamed;
        CHECK(board.sequence > last);
        last = board.sequence;
        const auto ring = RingWriter::open(path, size);
        CHECK_MESSAGE(ring.has_value(), (ring ? "" : ring.error().message));
        auto follow = RingReader::open(path);
        REQUIRE(follow);
        CHECK((*follow->newest())->sequence == last);
        CHECK(follow->info()->damaged == 0);
    }
    MESSAGE((at_once * rounds), " starts; ", unnamed, " were told that it is busy but not by whom");
}
