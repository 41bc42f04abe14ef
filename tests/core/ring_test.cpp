// The ring as its users meet it: what was published is what is read, through many laps, roster changes,
// slow readers and changes of writer.
#include "core/ring/reader.h"
#include "core/ring/writer.h"

#include <limits>

#include <doctest/doctest.h>

#include "tests/core/sample.h"

using namespace virtscope;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t small = 64 << 10;

RingWriter writer(const std::string& path, std::uint64_t bytes = small) {
    auto opened = RingWriter::open(path, bytes);
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
    return std::move(*opened);
}

RingReader reader(const std::string& path) {
    auto opened = RingReader::open(path);
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
    return std::move(*opened);
}

// Publishes the frame of that number, which must get that sequence.
void publish(RingWriter& ring, std::uint64_t number, const RosterPtr& who) {
    Frame frame = sample::frame(number, who);
    frame.sequence = 0;
    const auto done = ring.publish(frame);
    REQUIRE_MESSAGE(done, (done ? "" : done.error().message));
    REQUIRE(frame.sequence == number);
}

}  // namespace

TEST_CASE("what is published is what is read") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    auto ring = writer(path);
    auto follow = reader(path);
    CHECK(follow.newest().error().kind == ErrorKind::absent);
    const auto who = sample::roster(3);
    for (std::uint64_t n = 1; n <= 5; ++n) publish(ring, n, who);
    const auto newest = follow.newest();
    REQUIRE(newest);
    CHECK((*newest)->sequence == 5);
    CHECK(sample::genuine(**newest));
    CHECK(*follow.newest() == *newest);
    const auto all = follow.since(0, 100);
    REQUIRE(all);
    REQUIRE(all->frames.size() == 5);
    CHECK(all->lost == 0);
    for (std::size_t i = 0; i < 5; ++i) {
        CHECK(all->frames[i]->sequence == i + 1);
        CHECK(sample::genuine(*all->frames[i]));
        CHECK(all->frames[i]->roster == (*newest)->roster);
    }
    CHECK(follow.since(5, 100)->frames.empty());
    CHECK(follow.since(2, 1)->frames.at(0)->sequence == 3);
    CHECK(follow.since(2, 0)->frames.empty());
}

TEST_CASE("many laps: every frame read at once is whole") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    auto ring = writer(path);
    auto follow = reader(path);
    auto occasional = reader(path);
    for (std::uint64_t n = 1; n <= 3000; ++n) {
        publish(ring, n, sample::roster(n / 7 % 5, static_cast<unsigned>(n / 7)));
        const auto newest = follow.newest();
        REQUIRE(newest);
        REQUIRE((*newest)->sequence == n);
        REQUIRE(sample::genuine(**newest));
        if (n % 50 != 0) continue;
        const auto info = occasional.info();
        REQUIRE(info);
        CHECK(info->damaged == 0);
        CHECK(info->bytes <= info->capacity);
        const auto all = reader(path).since(0, 10'000);
        REQUIRE(all);
        CHECK(all->frames.size() == info->frames);
        CHECK(all->lost == n - info->frames);
        for (const FramePtr& frame : all->frames) REQUIRE(sample::genuine(*frame));
    }
    CHECK(ring.bytes_written() > 50 * small);
}

TEST_CASE("a reader that was overtaken is told how many frames it lost") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    auto ring = writer(path);
    auto follow = reader(path);
    const auto who = sample::roster(2);
    std::uint64_t published = 0;
    std::uint64_t received = 0;
    std::uint64_t lost = 0;
    std::uint64_t cursor = 0;
    for (const std::uint64_t burst : {10U, 3U, 500U, 1U, 200U, 0U, 1000U, 7U}) {
        for (std::uint64_t i = 0; i < burst; ++i) publish(ring, ++published, who);
        const auto batch = follow.since(cursor, 10'000);
        REQUIRE(batch);
        for (const FramePtr& frame : batch->frames) {
            REQUIRE(frame->sequence > cursor);
            cursor = frame->sequence;
        }
        received += batch->frames.size();
        lost += batch->lost;
        CHECK(cursor == published);
        CHECK(received + lost == published);
    }
    CHECK(lost > 1000);
}

TEST_CASE("a reader in small steps loses nothing that is there") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    auto ring = writer(path, 1 << 20);
    const auto who = sample::roster(1);
    for (std::uint64_t n = 1; n <= 300; ++n) publish(ring, n, who);
    auto follow = reader(path);
    std::uint64_t cursor = 0;
    while (cursor < 300) {
        const auto batch = follow.since(cursor, 7);
        REQUIRE(batch);
        REQUIRE(!batch->frames.empty());
        CHECK(batch->lost == 0);
        CHECK(batch->frames.front()->sequence == cursor + 1);
        cursor = batch->frames.back()->sequence;
    }
}

TEST_CASE("before() and at() find by time") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    auto ring = writer(path);
    const auto who = sample::roster(1);
    for (std::uint64_t n = 1; n <= 20; ++n) publish(ring, n, who);
    auto follow = reader(path);
    const auto newest = *follow.newest();
    CHECK((*follow.before(*newest, 1s))->sequence == 19);
    CHECK((*follow.before(*newest, 4500ms))->sequence == 15);
    CHECK((*follow.before(*newest, 0s))->sequence == 19);
    CHECK((*follow.before(*newest, 1h))->sequence == 1);
    CHECK((*follow.before(*newest, std::chrono::nanoseconds::max()))->sequence == 1);
    const auto first = follow.since(0, 1)->frames.at(0);
    CHECK(*follow.before(*first, 0s) == nullptr);
    CHECK((*follow.at(newest->realtime))->sequence == 20);
    CHECK((*follow.at(newest->realtime - 1))->sequence == 19);
    CHECK((*follow.at(std::numeric_limits<std::int64_t>::max()))->sequence == 20);
    CHECK(follow.at(first->realtime - 1).error().kind == ErrorKind::absent);
}

TEST_CASE("before() does not cross a reboot") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    auto ring = writer(path);
    publish(ring, 1, sample::roster(1));
    auto rebooted = std::make_shared<Roster>(*sample::roster(1));
    rebooted->host.boot_id = "another";
    for (std::uint64_t n = 2; n <= 4; ++n) publish(ring, n, rebooted);
    auto follow = reader(path);
    const auto newest = *follow.newest();
    CHECK((*follow.before(*newest, 1h))->sequence == 2);
    const auto second = follow.since(1, 1)->frames.at(0);
    CHECK(*follow.before(*second, 1s) == nullptr);
}

TEST_CASE("the next writer continues the sequence") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    auto follow_early = [&] { return reader(path); };
    std::uint64_t n = 0;
    for (int life = 0; life < 60; ++life) {
        auto ring = writer(path);
        CHECK(ring.notice().empty());
        for (int i = 0; i < 17; ++i) publish(ring, ++n, sample::roster(static_cast<std::size_t>(life % 3), 1));
    }
    auto follow = follow_early();
    const auto all = follow.since(0, 100'000);
    REQUIRE(all);
    CHECK(all->frames.back()->sequence == n);
    CHECK(all->lost + all->frames.size() == n);
    for (const FramePtr& frame : all->frames) CHECK(sample::genuine(*frame));
    const auto info = follow.info();
    CHECK(info->damaged == 0);
    CHECK(info->writer_pid == ::getpid());
    CHECK(!info->boot_id.empty());
}

TEST_CASE("equal rosters are one in memory, also where the ring repeats them") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    auto ring = writer(path);
    auto follow = reader(path);
    RosterPtr seen;
    for (std::uint64_t n = 1; n <= 500; ++n) {
        publish(ring, n, sample::roster(2));
        const auto newest = follow.newest();
        REQUIRE(newest);
        if (seen) REQUIRE((*newest)->roster == seen);
        seen = (*newest)->roster;
    }
}

TEST_CASE("a frame that does not fit is refused and disturbs nothing") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    auto ring = writer(path);
    publish(ring, 1, sample::roster(1));
    Frame large = sample::frame(0, sample::roster(200));
    const auto refused = ring.publish(large);
    REQUIRE(!refused);
    CHECK(refused.error().kind == ErrorKind::unsupported);
    CHECK(refused.error().message.starts_with(path));
    CHECK(large.sequence == 0);
    Frame shapeless = sample::frame(0, sample::roster(2));
    shapeless.roster = sample::roster(3);
    CHECK(ring.publish(shapeless).error().kind == ErrorKind::malformed);
    shapeless.roster = nullptr;
    CHECK(ring.publish(shapeless).error().kind == ErrorKind::malformed);
    publish(ring, 2, sample::roster(1));
    auto follow = reader(path);
    CHECK(follow.since(0, 10)->frames.size() == 2);
    CHECK(follow.info()->damaged == 0);
}

namespace {

// Whether row 0 of both tables is the same.
bool same_row(const Table& a, const Table& b) {
    if (a.row(0).present != b.row(0).present || a.row(0).time != b.row(0).time) return false;
    for (std::size_t column = 0; column < a.columns(); ++column) {
        if (a.get(0, column) != b.get(0, column)) return false;
    }
    return true;
}

std::uint64_t cells_of_guests(const Frame& frame) {
    std::uint64_t present = 0;
    for (const Scope scope : {Scope::Guest, Scope::Vcpu, Scope::Disk, Scope::Nic}) {
        const Table& table = frame.table(scope);
        for (std::size_t row = 0; row < table.rows(); ++row) present |= table.row(row).present;
    }
    return present;
}

}  // namespace

TEST_CASE("a ring in memory; a scan of the host alone gives its rows and all events, and nothing of guests") {
    auto opened = RingWriter::in_memory(8 << 20);
    REQUIRE(opened);
    RingWriter ring = std::move(*opened);
    for (std::uint64_t n = 1; n <= 300; ++n) publish(ring, n, sample::roster(40, n < 200 ? 0 : 1));
    auto all = reader(ring.path());
    auto host = reader(ring.path());
    std::vector<Frame> frames;
    REQUIRE(all.scan({}, [&](const Frame& frame) {
        frames.push_back(frame);
        return true;
    }));
    REQUIRE(frames.size() > 100);
    std::size_t i = 0;
    const auto lost = host.scan({.range = {}, .guest = {}, .host_only = true}, [&](const Frame& frame) {
        const Frame& whole = frames.at(i++);
        CHECK(frame.sequence == whole.sequence);
        CHECK(frame.monotonic == whole.monotonic);
        CHECK(frame.boottime == whole.boottime);
        CHECK(frame.events == whole.events);
        CHECK(same_row(frame.table(Scope::Host), whole.table(Scope::Host)));
        CHECK(same_row(frame.table(Scope::Agent), whole.table(Scope::Agent)));
        CHECK(cells_of_guests(frame) == 0);
        return true;
    });
    REQUIRE(lost);
    CHECK(*lost == 0);
    CHECK(i == frames.size());
    CHECK(RingWriter::in_memory(1).error().kind == ErrorKind::malformed);
}
