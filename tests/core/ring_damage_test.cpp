// A small ring with bits flipped in turn, cut at every length, and with records destroyed: readers
// return frames that were written or none, and a writer can always go on.
#include <array>
#include <cstdlib>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/fd.h"
#include "core/ring/file.h"
#include "core/ring/format.h"
#include "core/ring/reader.h"
#include "core/ring/writer.h"
#include "tests/core/sample.h"

using namespace virtscope;

namespace {

constexpr std::uint64_t size = 64 << 10;
constexpr std::uint64_t capacity = size - size / 8;
constexpr std::uint64_t frames = 90;
constexpr std::uint64_t frames_a_roster = 20;

RosterPtr roster_of(std::uint64_t number) {
    static const std::array rosters{sample::roster(4, 0), sample::roster(3, 1)};
    return rosters.at(number / frames_a_roster % 2);
}

// A ring on its second lap.
void make_ring(const std::string& path) {
    auto ring = RingWriter::open(path, size);
    REQUIRE(ring);
    for (std::uint64_t n = 1; n <= frames; ++n) {
        Frame frame = sample::frame(n, roster_of(n));
        REQUIRE(ring->publish(frame));
    }
}

// As make_ring() wrote them.
bool written(const Frame& frame) {
    static const auto all = [] {
        std::vector<Frame> made;
        for (std::uint64_t n = 0; n <= frames; ++n) made.push_back(sample::frame(n, roster_of(n)));
        return made;
    }();
    return frame.sequence >= 1 && frame.sequence <= frames && sample::same(frame, all[frame.sequence]);
}

// Everything a reader offers; the number of frames it found.
std::size_t read_everything(const std::string& path) {
    auto follow = RingReader::open(path);
    if (!follow) return 0;
    const auto newest = follow->newest();
    if (newest) REQUIRE(written(**newest));
    const auto all = follow->since(0, 1000);
    if (!all) return 0;
    std::uint64_t last = 0;
    for (const FramePtr& frame : all->frames) {
        REQUIRE(frame->sequence > last);
        last = frame->sequence;
        REQUIRE(written(*frame));
    }
    if (newest && !all->frames.empty()) REQUIRE((*newest)->sequence >= all->frames.back()->sequence);
    return all->frames.size();
}

// Publishes one more frame, which is the newest then and numbered after all that were readable.
void go_on(RingWriter& ring, const std::string& path) {
    const auto newest = RingReader::open(path)->newest();
    const std::uint64_t last = newest ? (*newest)->sequence : 0;
    Frame frame = sample::frame(last + 1, roster_of(1));
    REQUIRE(ring.publish(frame));
    CHECK(frame.sequence > last);
    const auto read = RingReader::open(path)->newest();
    REQUIRE(read);
    CHECK(sample::same(**read, frame));
}

void poke(const Fd& fd, std::size_t at, char byte) { REQUIRE(::pwrite(fd.get(), &byte, 1, static_cast<off_t>(at)) == 1); }

// Positions of the records of a type, oldest first.
std::vector<ring::RecordHeader> records(const std::string& path, ring::RecordType type) {
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const auto header = ring::read_header(fd.get(), path);
    REQUIRE(header);
    const ring::RingFile file(fd.get(), path, header->constant);
    std::vector<ring::RecordHeader> found;
    ring::RecordHeader record{};
    bool more = file.find(header->words.tail, header->words.head, record);
    while (more) {
        if (record.type == type) found.push_back(record);
        bool skipped = false;
        more = file.next(record, header->words.head, record, skipped);
    }
    return found;
}

std::size_t place(const ring::RecordHeader& record) {
    return ring::page + ring::offset_of(record.position, capacity);
}

}  // namespace

TEST_CASE("bits flipped: no crash, no garbage, at most one record's frames lost") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    make_ring(path);
    const std::string image = sample::read_all(path);
    const std::size_t whole = read_everything(path);
    REQUIRE(whole > 4);
    const Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    // All bits of the header page and one of each seventeenth byte of records, unless told to take the time.
    const bool every_bit = std::getenv("VIRTSCOPE_TEST_EVERY_BIT") != nullptr;
    std::size_t least = whole;
    for (std::size_t at = 0; at < image.size(); ++at) {
        // Nothing of the header page's rest is ever read.
        if (at >= sizeof(ring::HeaderPage) && at < ring::page) continue;
        if (!every_bit && at >= ring::page && at % 17 != 0) continue;
        const bool all = every_bit || at < ring::page;
        for (auto bit = all ? 0U : static_cast<unsigned>(at % 8); bit < 8; bit += all ? 1 : 8) {
            poke(fd, at, static_cast<char>(image[at] ^ (1 << bit)));
            const std::size_t found = read_everything(path);
            if (found + 1 < whole) MESSAGE("byte ", at, " bit ", bit, ": ", found, " of ", whole);
            least = std::min(least, found);
            poke(fd, at, image[at]);
        }
    }
    CHECK(read_everything(path) == whole);
    CHECK(least + 1 == whole);
}

TEST_CASE("cut at every length: a reader refuses, a writer repairs what is left") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    make_ring(path);
    const std::string image = sample::read_all(path);
    for (std::size_t left = 0; left < image.size(); left += left < 700 ? 1 : 61) {
        sample::write_all(path, image.substr(0, left));
        CHECK(read_everything(path) == 0);
        auto ring = RingWriter::open(path, size);
        if (left > 0 && left < 8) {
            CHECK(ring.error().kind == ErrorKind::malformed);
            continue;
        }
        REQUIRE(ring);
        go_on(*ring, path);
    }
}

TEST_CASE("a damaged frame is skipped and counted, the others stay") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    make_ring(path);
    const std::size_t whole = read_everything(path);
    const auto all = records(path, ring::RecordType::frame);
    const Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    for (const auto& record : all) {
        if (record.sequence < frames - whole + 1) continue;  // of a group whose beginning is overwritten
        for (const std::size_t at : {place(record) + 30, place(record) + sizeof(ring::RecordHeader) + 10}) {  // header, payload
            char was = 0;
            REQUIRE(::pread(fd.get(), &was, 1, static_cast<off_t>(at)) == 1);
            poke(fd, at, static_cast<char>(was ^ 0x10));
            CHECK(read_everything(path) == whole - 1);
            auto follow = RingReader::open(path);
            const auto info = follow->info();
            CHECK(info->damaged == 1);
            CHECK(info->frames == whole - 1);
            const bool newest = record.sequence == frames;
            const std::uint64_t sequence = (*follow->newest())->sequence;
            CHECK((sequence == frames || (newest && sequence == frames - 1)));
            poke(fd, at, was);
        }
    }
    CHECK(RingReader::open(path)->info()->damaged == 0);
}

TEST_CASE("a writer goes on after damage of any single record or word") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    make_ring(path);
    const std::string image = sample::read_all(path);
    std::vector<std::size_t> places;
    for (std::size_t at = offsetof(ring::HeaderPage, words); at < sizeof(ring::HeaderPage); ++at) places.push_back(at);
    for (const auto type : {ring::RecordType::frame, ring::RecordType::roster, ring::RecordType::padding}) {
        for (const auto& record : records(path, type)) places.push_back(place(record) + 9);
    }
    for (const std::size_t at : places) {
        std::string damaged = image;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
        sample::write_all(path, damaged);
        auto ring = RingWriter::open(path, size);
        REQUIRE(ring);
        for (int i = 0; i < 40; ++i) go_on(*ring, path);
        CHECK(RingReader::open(path)->info()->damaged == 0);
    }
}
