// A ring file cut short again and again under live readers: no signal, typed errors, nothing torn; and once a writer has
// repaired it, the same readers go on.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/ring/reader.h"
#include "core/ring/writer.h"
#include "tests/core/children.h"
#include "tests/core/numbered.h"

using namespace virtscope;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::uint64_t bytes = 64 << 10;
constexpr std::array<off_t, 3> sizes{0, 4096, 32 << 10};
constexpr std::size_t readers = 8;
constexpr unsigned truncations = 1000;

struct Seen {
    std::atomic<std::uint64_t> calls;
    std::atomic<std::uint64_t> frames;
    std::atomic<std::uint64_t> torn;
    std::atomic<std::uint64_t> errors;
    std::atomic<std::uint64_t> untyped;  // errors of a kind that does not belong here, or that do not name the file
    std::atomic<std::uint64_t> number;   // of the frame newest() gave last
    std::atomic<std::uint64_t> followed; // and since()
};

struct Board {
    std::atomic<unsigned> open;
    std::atomic<bool> stop;
    std::array<Seen, readers> seen;
};

void note(const Error& error, const std::string& path, Seen& seen) {
    ++seen.errors;
    const bool kind = error.kind == ErrorKind::malformed || error.kind == ErrorKind::absent;
    const bool said = error.message.starts_with(path + ": ") && error.message.find('\n') == std::string::npos;
    if (!kind || !said) ++seen.untyped;
}

void take(const Frame& frame, Seen& seen, std::atomic<std::uint64_t>& into) {
    const auto number = sample::number_of(frame);
    if (!number) ++seen.torn;
    into = number.value_or(0);
    ++seen.frames;
}

// Follows with one cursor, as an exporter does.
void look(RingReader& ring, const std::string& path, std::uint64_t& last, Seen& seen) {
    const auto newest = ring.newest();
    if (newest) take(**newest, seen, seen.number);
    if (!newest) note(newest.error(), path, seen);
    const auto batch = ring.since(last, 16);
    if (!batch) note(batch.error(), path, seen);
    if (batch) {
        for (const FramePtr& frame : batch->frames) take(*frame, seen, seen.followed);
        if (!batch->frames.empty()) last = batch->frames.back()->sequence;
    }
    const auto woken = ring.wait(last, 1ms);
    if (!woken) note(woken.error(), path, seen);
    ++seen.calls;
}

int read_on(const std::string& path, Board& board, Seen& seen) {
    auto ring = RingReader::open(path);
    if (!ring) return 1;
    ++board.open;
    std::uint64_t last = 0;
    while (!board.stop) look(*ring, path, last, seen);
    return 0;
}

// Opens the ring, which repairs it, and publishes.
void repair(const std::string& path, std::uint64_t& number, unsigned frames) {
    auto ring = RingWriter::open(path, bytes);
    REQUIRE_MESSAGE(ring, (ring ? "" : ring.error().message));
    for (unsigned i = 0; i < frames; ++i) {
        ++number;
        Frame frame = sample::frame(number, sample::roster(1 + number / 7 % 2, static_cast<unsigned>(number / 7)));
        REQUIRE(ring->publish(frame));
    }
}

// Never makes it longer: zeros at its front would be a foreign file, which no writer touches.
void cut(const std::string& path, off_t size) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    REQUIRE(::truncate(path.c_str(), std::min(size, status.st_size)) == 0);
}

void storm(const std::string& path, std::uint64_t& number) {
    for (unsigned i = 0; i < truncations; ++i) {
        // At times twice before it is repaired, at times at once after it was, at times when all have read it.
        cut(path, sizes.at(i % sizes.size()));
        if (i % 4 == 0) ::usleep(1000);
        if (i % 5 != 0) repair(path, number, 1 + i % 5);
        if (i % 3 == 0) ::usleep(2000);
    }
}

}  // namespace

TEST_CASE("1,000 truncations under 8 readers: no crash, typed errors, nothing torn") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    std::uint64_t number = 0;
    repair(path, number, 3);
    auto& board = children::shared<Board>();
    std::array<pid_t, readers> pids{};
    for (std::size_t i = 0; i < readers; ++i) {
        pids.at(i) = children::start([&] { return read_on(path, board, board.seen.at(i)); });
    }
    for (unsigned i = 0; i < 10'000 && board.open < readers; ++i) ::usleep(1000);
    storm(path, number);
    board.stop = true;
    std::uint64_t calls = 0;
    std::uint64_t frames = 0;
    std::uint64_t errors = 0;
    for (std::size_t i = 0; i < readers; ++i) {
        const int status = children::wait_for(pids.at(i));
        CHECK_MESSAGE(children::well(status), children::say(status));
        const Seen& seen = board.seen.at(i);
        CHECK(seen.torn == 0);
        CHECK(seen.untyped == 0);
        calls += seen.calls;
        frames += seen.frames;
        errors += seen.errors;
    }
    MESSAGE(truncations, " truncations; ", calls, " rounds of calls, ", frames, " frames, ", errors, " errors");
    CHECK(frames > 0);
    CHECK(errors > 0);
    repair(path, number, 2);
    auto ring = RingReader::open(path);
    REQUIRE(ring);
    CHECK(sample::number_of(**ring->newest()) == number);
}

TEST_CASE("a reader goes on when the file it has open was cut short and repaired") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    std::uint64_t number = 0;
    repair(path, number, 20);
    auto ring = RingReader::open(path);
    REQUIRE(ring);
    REQUIRE(ring->since(0, 100)->frames.size() == 20);
    off_t size = 0;
    SUBCASE("to nothing") { size = 0; }
    SUBCASE("in the header page") { size = 600; }
    SUBCASE("to the header page") { size = 4096; }
    SUBCASE("to half") { size = 8 << 10; }
    CAPTURE(size);
    cut(path, size);
    Seen seen{};
    std::uint64_t last = 20;
    look(*ring, path, last, seen);
    CHECK(seen.torn + seen.untyped == 0);
    repair(path, number, 3);
    for (unsigned i = 0; i < 3; ++i) look(*ring, path, last, seen);
    CHECK(seen.torn + seen.untyped == 0);
    CHECK(seen.number == number);
    CHECK(seen.followed == number);
}

TEST_CASE("a writer whose file is cut short while it publishes says so, and is not killed by it") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    unsigned killed = 0;
    unsigned told = 0;
    unsigned refused = 0;
    for (unsigned round = 0; round < 300; ++round) {
        auto& started = children::shared<std::atomic<bool>>();
        const pid_t writer = children::start([&] {
            auto ring = RingWriter::open(path, bytes);
            if (!ring) return 1;
            Frame frame;
            for (std::uint64_t number = 1; number < 100'000; ++number) {
                sample::fill(frame, number, sample::roster(1));
                if (const auto published = ring->publish(frame); !published) return 7;
                started = true;
            }
            return 2;
        });
        while (!started) ::usleep(20);
        ::usleep(round % 100);
        cut(path, sizes.at(round % sizes.size()));
        const int status = children::wait_for(writer);
        killed += WIFSIGNALED(status) ? 1 : 0;
        told += WIFEXITED(status) && WEXITSTATUS(status) == 7 ? 1 : 0;
        // What the dying publish() left must not look like somebody else's file.
        refused += RingWriter::open(path, bytes) ? 0 : 1;
        (void)::unlink(path.c_str());
    }
    MESSAGE(told, " times the writer got an error, ", killed, " times it was killed; ", refused, " times the next one was refused");
    CHECK(killed == 0);
    CHECK(refused == 0);
}
