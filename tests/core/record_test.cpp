// Recordings: a stretch of a ring as a file of its own.
#include "core/history/record.h"

#include <filesystem>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/core/tape.h"

using namespace virtscope;
using sample::at;
using sample::Tape;

namespace {

void fill(Tape& tape, unsigned frames, std::size_t guests = 3) {
    for (unsigned i = 0; i < frames; ++i) {
        // Every seventh frame another roster.
        tape.add(i, sample::roster(guests, i / 7), [i](Frame& f) {
            f.set(0, HostMetric::cpu_user, i);
            f.set(0, GuestMetric::cpu_time, 1000 + i);
            if (i % 5 == 0) f.events.push_back({EventKind::command, Uuid{}, "", std::to_string(i)});
        });
    }
}

std::size_t entries(const std::string& folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("record: the frames of the range and no others, whole") {
    Tape tape;
    fill(tape, 50);
    auto reader = tape.reader();
    const std::string path = tape.directory().file("cut");
    const auto done = record(reader, path, {.from = at(10), .to = at(29.5)}, false);
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().message));
    CHECK(done->frames == 20);
    CHECK(done->values == 40);
    CHECK(done->lost == 0);
    CHECK(done->range.from == at(10));
    CHECK(done->range.to == at(29));
    CHECK(done->bytes == std::filesystem::file_size(path));
    auto cut = RingReader::open(path);
    REQUIRE(cut.has_value());
    CHECK(cut->info()->frames == 20);
    CHECK(cut->info()->damaged == 0);
    const auto all = cut->since(0, 100);
    REQUIRE(all->frames.size() == 20);
    for (std::size_t i = 0; i < 20; ++i) {
        const auto original = reader.at(at(static_cast<double>(i) + 10));
        CHECK(sample::same(*all->frames[i], **original));
    }
    CHECK(entries(tape.directory().path()) == 2);
}

TEST_CASE("record: all of a ring is about as large as what the ring holds, frame by frame the same") {
    Tape tape(2 << 20);
    for (unsigned i = 0; i < 900; ++i) {
        const auto who = sample::roster(20, i / 300);
        // Cells without a pattern now and then: they take what room they take.
        tape.add(i, who, [&](Frame& f) {
            Frame other;
            sample::fill(other, i, who, i % 7 == 0);
            f.tables = other.tables;
            f.events = other.events;
        });
    }
    auto reader = tape.reader();
    const auto source = reader.info();
    const std::string path = tape.directory().file("cut");
    const auto done = record(reader, path, {}, false);
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().message));
    CHECK(done->frames == source->frames);
    CHECK(done->values == source->values);
    CHECK(done->bytes < source->bytes + (64 << 10));
    auto original = reader.since(0, 10'000);
    auto copy = RingReader::open(path)->since(0, 10'000);
    REQUIRE(copy->frames.size() == original->frames.size());
    for (std::size_t i = 0; i < copy->frames.size(); ++i) CHECK(sample::same(*copy->frames[i], *original->frames[i]));
    const auto again = record(reader, tape.directory().file("few"), {.from = done->range.to - sample::second}, false);
    CHECK(again->frames == 2);
    CHECK(again->bytes < 128 << 10);
}

TEST_CASE("record: a file in the way stays as it is, unless told") {
    Tape tape;
    fill(tape, 5);
    auto reader = tape.reader();
    const std::string path = tape.directory().file("cut");
    sample::write_all(path, "precious");
    CHECK(record(reader, path, {}, false).error().kind == ErrorKind::busy);
    CHECK(sample::read_all(path) == "precious");
    CHECK(record(reader, path, {}, true)->frames == 5);
    CHECK(RingReader::open(path).has_value());
    CHECK(record(reader, "/dev/null", {}, true).error().kind == ErrorKind::busy);
    CHECK(record(reader, tape.directory().path(), {}, true).error().kind == ErrorKind::busy);
    CHECK(std::filesystem::is_character_file("/dev/null"));
    CHECK(entries(tape.directory().path()) == 2);
}

TEST_CASE("record: nothing in the range, or nowhere to write: no file") {
    Tape tape;
    auto empty = tape.reader();
    const std::string path = tape.directory().file("cut");
    CHECK(record(empty, path, {}, false).error().kind == ErrorKind::absent);
    fill(tape, 5);
    auto reader = tape.reader();
    CHECK(record(reader, path, {.from = at(100)}, false).error().kind == ErrorKind::absent);
    CHECK(record(reader, path, {.from = at(1.2), .to = at(1.8)}, false).error().kind == ErrorKind::absent);
    CHECK(!record(reader, tape.directory().file("no/such/folder"), {}, false).has_value());
    CHECK(entries(tape.directory().path()) == 1);
}
