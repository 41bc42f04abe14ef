// A writer process killed 200 times ($VIRTSCOPE_TEST_KILLS) at random moments, under the eyes of reader processes.
//
// Every cell follows from the frame's sequence, so readers can tell a torn frame from a whole one. The
// successor must find the ring within 100 ms and go on with a higher sequence than anybody has seen.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/ring/reader.h"
#include "core/ring/writer.h"
#include "tests/core/sample.h"

using namespace virtscope;

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::uint64_t bytes = 256 << 10;

// What processes tell each other; lock-free, in shared memory.
struct Board {
    std::atomic<std::uint64_t> published;  // last sequence whose publish() returned
    std::atomic<std::uint64_t> lives;      // writers that opened the ring
    std::atomic<std::uint64_t> slowest;    // ns one of them needed for that
    std::atomic<std::uint64_t> checked;    // frames readers found good
    std::atomic<std::uint64_t> lost;
    std::atomic<std::uint64_t> torn;
    std::atomic<std::uint64_t> backwards;
    std::atomic<std::uint64_t> errors;
    std::atomic<bool> stop;
};

[[noreturn]] void write_until_killed(const std::string& path, Board& board) {
    const auto begin = Clock::now();
    auto ring = RingWriter::open(path, bytes);
    const auto took = static_cast<std::uint64_t>((Clock::now() - begin).count());
    if (!ring) {
        ++board.errors;
        ::_exit(1);
    }
    board.slowest = std::max(board.slowest.load(), took);
    // What the dead writer published is still there.
    const auto newest = RingReader::open(path)->newest();
    std::uint64_t next = newest ? (*newest)->sequence + 1 : 1;
    if (next <= board.published) ++board.backwards;
    ++board.lives;
    Frame frame;
    for (;; ++next) {
        sample::fill(frame, next, sample::roster(next / 40 % 9, static_cast<unsigned>(next / 40)));
        if (!ring->publish(frame)) ++board.errors;
        if (frame.sequence != next) ++board.backwards;
        board.published = frame.sequence;
    }
}

[[noreturn]] void read_until_told(const std::string& path, Board& board) {
    auto ring = RingReader::open(path);
    if (!ring) ++board.errors;
    std::uint64_t last = 0;
    while (ring && !board.stop) {
        const auto batch = ring->since(last, 8);
        if (!batch) {
            ++board.errors;
            continue;
        }
        for (const FramePtr& frame : batch->frames) {
            if (frame->sequence <= last) ++board.backwards;
            if (!sample::genuine(*frame)) ++board.torn;
            last = frame->sequence;
            ++board.checked;
        }
        board.lost += batch->lost;
        const auto newest = ring->newest();
        if (newest && !sample::genuine(**newest)) ++board.torn;
        if (newest && (*newest)->sequence < last) ++board.backwards;
    }
    ::_exit(0);
}

template <class Job>
pid_t start(Job job) {
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) job();
    return pid;
}

}  // namespace

TEST_CASE("a writer killed again and again: nothing torn, nothing goes back, the ring goes on") {
    const char* const wanted = std::getenv("VIRTSCOPE_TEST_KILLS");
    const int kills = wanted != nullptr ? std::atoi(wanted) : 200;
    const sample::Directory dir;
    const auto path = dir.file("ring");
    void* const shared = ::mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(shared != MAP_FAILED);
    auto& board = *new (shared) Board{};
    REQUIRE(RingWriter::open(path, bytes));
    const pid_t readers[] = {start([&] { read_until_told(path, board); }), start([&] { read_until_told(path, board); })};
    std::mt19937 random(20240607);
    for (int life = 1; life <= kills; ++life) {
        const pid_t writer = start([&] { write_until_killed(path, board); });
        const auto deadline = Clock::now() + std::chrono::seconds(20);
        while (board.lives < static_cast<std::uint64_t>(life) && Clock::now() < deadline) ::usleep(100);
        // At a random moment of its work, mostly in the middle of a publish: it does nothing else.
        ::usleep(static_cast<useconds_t>(random() % 5000));
        REQUIRE(::kill(writer, SIGKILL) == 0);
        REQUIRE(::waitpid(writer, nullptr, 0) == writer);
    }
    board.stop = true;
    for (const pid_t reader : readers) {
        int status = 0;
        REQUIRE(::waitpid(reader, &status, 0) == reader);
        CHECK(WIFEXITED(status));
    }
    MESSAGE("published ", board.published.load(), " frames in ", board.lives.load(), " lives, readers checked ",
            board.checked.load(), ", lost ", board.lost.load(), "; slowest open ", board.slowest.load() / 1000, " us");
    CHECK(board.lives == static_cast<std::uint64_t>(kills));
    CHECK(board.torn == 0);
    CHECK(board.backwards == 0);
    CHECK(board.errors == 0);
    CHECK(board.checked > static_cast<std::uint64_t>(kills));
    CHECK(board.slowest < 1'000'000'000);
    auto follow = RingReader::open(path);
    REQUIRE(follow);
    CHECK(follow->info()->damaged == 0);
    CHECK((*follow->newest())->sequence >= board.published);
    ::munmap(shared, sizeof(Board));
}
