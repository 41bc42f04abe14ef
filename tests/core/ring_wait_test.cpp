// RingReader::wait() across processes: woken at once, in time when nothing comes, and by no means stuck when the file is
// cut short, repaired, deleted or replaced meanwhile.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <vector>

#include <doctest/doctest.h>
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

std::int64_t now() { return Clock::now().time_since_epoch().count(); }

bool publish(RingWriter& ring, std::uint64_t number) {
    Frame frame = sample::frame(number, sample::roster(1));
    return ring.publish(frame).has_value();
}

// A ring that has one frame.
RingWriter begun(const std::string& path, std::uint64_t size = bytes) {
    auto ring = RingWriter::open(path, size);
    REQUIRE(ring);
    REQUIRE(publish(*ring, 1));
    return std::move(*ring);
}

struct Board {
    std::atomic<std::int64_t> published;  // when, by the clock that all processes share
};

struct Woken {
    Result<bool> result;
    std::chrono::milliseconds after;
};

// Waits for what comes after `sequence` while a child does `job`, some 50 ms later.
template <class Job>
Woken wait_while(RingReader& ring, std::uint64_t sequence, std::chrono::nanoseconds timeout, Job job) {
    const pid_t pid = children::start([&] {
        ::usleep(50'000);
        return job() ? 0 : 1;
    });
    const auto from = Clock::now();
    auto result = ring.wait(sequence, timeout);
    const auto after = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - from);
    CHECK(children::well(children::wait_for(pid)));
    return {.result = std::move(result), .after = after};
}

}  // namespace

TEST_CASE("wait: woken by a publish of another process, long before it would have looked by itself") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    { const RingWriter made = begun(path); }
    auto& board = children::shared<Board>();
    constexpr std::uint64_t rounds = 30;
    const pid_t writer = children::start([&] {
        auto ring = RingWriter::open(path, bytes);
        for (std::uint64_t number = 2; ring && number <= rounds; ++number) {
            ::usleep(40'000);
            board.published = now();
            if (!publish(*ring, number)) return 1;
        }
        return ring ? 0 : 1;
    });
    auto ring = RingReader::open(path);
    REQUIRE(ring);
    std::vector<std::int64_t> late;
    for (std::uint64_t last = 1; last < rounds;) {
        const auto woken = ring->wait(last, 5s);
        late.push_back(now() - board.published);
        REQUIRE(woken);
        REQUIRE(*woken);
        const auto newest = ring->newest();
        REQUIRE(newest);
        REQUIRE((*newest)->sequence > last);
        last = (*newest)->sequence;
    }
    CHECK(children::well(children::wait_for(writer)));
    std::ranges::sort(late);
    MESSAGE(late.size(), " wake-ups, us: median ", late[late.size() / 2] / 1000, ", worst ", late.back() / 1000);
    CHECK(late.size() > rounds / 2);
    // By its own looks once a second it would be half a second late on average, and the frames fewer than half.
    CHECK(late[late.size() * 9 / 10] < 100'000'000);
}

TEST_CASE("wait: false when nothing comes, in time") {
    const sample::Directory dir;
    const RingWriter made = begun(dir.file("ring"));
    auto ring = RingReader::open(dir.file("ring"));
    REQUIRE(ring);
    for (const auto timeout : {0ms, 1ms, 300ms, 1300ms}) {
        const auto from = Clock::now();
        const auto woken = ring->wait(1, timeout);
        const auto took = Clock::now() - from;
        REQUIRE(woken);
        CHECK(!*woken);
        CHECK(took >= timeout);
        CHECK(took < timeout + 400ms);
    }
    CHECK(*ring->wait(0, 0ms));
}

TEST_CASE("wait: the file is cut short meanwhile") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    { const RingWriter made = begun(path); }
    auto ring = RingReader::open(path);
    REQUIRE(ring);
    off_t size = 0;
    SUBCASE("to nothing") { size = 0; }
    SUBCASE("in the header page") { size = 600; }
    SUBCASE("to the header page") { size = 4096; }
    SUBCASE("to half") { size = 32 << 10; }
    CAPTURE(size);
    const auto woken = wait_while(*ring, 1, 2s, [&] { return ::truncate(path.c_str(), size) == 0; });
    CHECK(woken.after <= 2400ms);
    if (woken.result) CHECK(!*woken.result);
    if (!woken.result) CHECK(woken.result.error().kind == ErrorKind::malformed);
    if (!woken.result) CHECK(woken.result.error().message.starts_with(path + ": "));
}

TEST_CASE("wait: the file is cut short, repaired and written meanwhile") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    { const RingWriter made = begun(path); }
    auto ring = RingReader::open(path);
    REQUIRE(ring);
    off_t size = 0;
    SUBCASE("to nothing") { size = 0; }
    SUBCASE("to the header page") { size = 4096; }
    SUBCASE("to half") { size = 32 << 10; }
    CAPTURE(size);
    const auto woken = wait_while(*ring, 1, 3s, [&] {
        if (::truncate(path.c_str(), size) != 0) return false;
        auto repaired = RingWriter::open(path, bytes);
        return repaired && publish(*repaired, 2) && publish(*repaired, 3);
    });
    CHECK(woken.after < 1500ms);
    if (woken.result) CHECK(*woken.result);
}

TEST_CASE("wait: the file is replaced meanwhile") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    {
        RingWriter made = begun(path);
        REQUIRE(publish(made, 2));
        REQUIRE(publish(made, 3));
    }
    auto ring = RingReader::open(path);
    REQUIRE(ring);
    Woken woken{.result = false, .after = 0ms};
    SUBCASE("by a ring of another size") {
        woken = wait_while(*ring, 3, 5s, [&] {
            auto other = RingWriter::open(path, 2 * bytes);
            return other && publish(*other, 4);
        });
    }
    SUBCASE("deleted and made anew") {
        woken = wait_while(*ring, 3, 5s, [&] {
            std::filesystem::remove(path);
            auto other = RingWriter::open(path, bytes);
            return other && publish(*other, 4);
        });
    }
    // Nobody wakes those who sleep on the old file: they look once a second.
    CHECK(woken.after < 1500ms);
    REQUIRE(woken.result);
    CHECK(*woken.result);
    const auto batch = ring->since(3, 10);
    REQUIRE(batch);
    REQUIRE(batch->frames.size() == 1);
    CHECK(sample::number_of(*batch->frames[0]) == 4);
    CHECK(!*ring->wait(batch->frames[0]->sequence, 1ms));
}

TEST_CASE("wait: replaced by a ring that is still empty, it is told once and then sleeps again") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    { const RingWriter made = begun(path); }
    auto ring = RingReader::open(path);
    REQUIRE(ring);
    REQUIRE(ring->since(0, 10)->frames.size() == 1);
    auto other = RingWriter::open(path, 2 * bytes);
    REQUIRE(other);
    unsigned turns = 0;
    for (const auto until = Clock::now() + 300ms; Clock::now() < until && turns < 100; ++turns) {
        REQUIRE(ring->wait(1, 100ms));
        REQUIRE(ring->since(1, 10));
    }
    CHECK(turns < 10);
}
