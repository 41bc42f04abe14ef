// A small ring with every bit flipped in turn, cut at every length, and with records destroyed: readers
// return frames that were written or none, and a writer can always go on.
#include <cstring>

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

constexpr std::uint64_t frames = 30;

// A ring on its third lap.
void make_ring(const std::string& path) {
    auto ring = RingWriter::open(path, ring::min_capacity);
    REQUIRE(ring);
    for (std::uint64_t n = 1; n <= frames; ++n) {
        Frame frame = sample::frame(n, sample::roster(n % 2));
        REQUIRE(ring->publish(frame));
    }
}

// Everything a reader offers; the number of frames it found.
std::size_t read_everything(const std::string& path) {
    auto follow = RingReader::open(path);
    if (!follow) return 0;
    const auto newest = follow->newest();
    if (newest) REQUIRE(sample::genuine(**newest));
    if (newest) {
        const auto before = follow->before(**newest, std::chrono::seconds(2));
        if (before && *before) REQUIRE(sample::genuine(**before));
    }
    const auto all = follow->since(0, 1000);
    if (!all) return 0;
    std::uint64_t last = 0;
    for (const FramePtr& frame : all->frames) {
        REQUIRE(frame->sequence > last);
        last = frame->sequence;
        REQUIRE(sample::genuine(*frame));
    }
    if (newest && !all->frames.empty()) REQUIRE(all->frames.back()->sequence == (*newest)->sequence);
    return all->frames.size();
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
    return ring::page + record.position % ring::min_capacity;
}

}  // namespace

TEST_CASE("every bit flipped: no crash, no garbage, at most one record's frames lost") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    make_ring(path);
    const std::string image = sample::read_all(path);
    const std::size_t whole = read_everything(path);
    REQUIRE(whole > 4);
    const Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    std::size_t least = whole;
    for (std::size_t at = 0; at < image.size(); ++at) {
        // One bit of each byte outside the header page, all bits in it and in record headers' reach.
        const unsigned step = at < sizeof(ring::HeaderPage) ? 1 : 5;
        for (unsigned bit = static_cast<unsigned>(at) % step; bit < 8; bit += step) {
            poke(fd, at, static_cast<char>(image[at] ^ (1 << bit)));
            const std::size_t found = read_everything(path);
            if (at >= ring::page) least = std::min(least, found);
            poke(fd, at, image[at]);
        }
    }
    CHECK(read_everything(path) == whole);
    CHECK(least + 4 >= whole);  // a roster's record takes the frames of an eighth of the ring with it
}

TEST_CASE("cut at every length: a reader refuses, a writer repairs what is left") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    make_ring(path);
    const std::string image = sample::read_all(path);
    for (std::size_t size = 0; size < image.size(); size += size < 700 ? 1 : 61) {
        sample::write_all(path, image.substr(0, size));
        CHECK(read_everything(path) == 0);
        auto ring = RingWriter::open(path, ring::min_capacity);
        if (size > 0 && size < 8) {
            CHECK(ring.error().kind == ErrorKind::malformed);
            continue;
        }
        REQUIRE(ring);
        Frame frame = sample::frame(0, sample::roster(1));
        sample::fill(frame, 0, sample::roster(1));
        const auto probe = RingReader::open(path)->newest();
        const std::uint64_t next = probe ? (*probe)->sequence + 1 : 1;
        sample::fill(frame, next, sample::roster(1));
        REQUIRE(ring->publish(frame));
        CHECK(frame.sequence >= next);
        CHECK((*RingReader::open(path)->newest())->sequence == frame.sequence);
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
        if (record.sequence < frames - whole + 1) continue;
        for (const std::size_t at : {place(record) + 30, place(record) + 88 + 10}) {  // header, payload
            char was = 0;
            REQUIRE(::pread(fd.get(), &was, 1, static_cast<off_t>(at)) == 1);
            poke(fd, at, static_cast<char>(was ^ 0x10));
            CHECK(read_everything(path) == whole - 1);
            auto follow = RingReader::open(path);
            const auto info = follow->info();
            CHECK(info->damaged == 1);
            CHECK(info->frames == whole - 1);
            const bool newest = record.sequence == frames;
            CHECK((*follow->newest())->sequence == (newest ? frames - 1 : frames));
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
        auto ring = RingWriter::open(path, ring::min_capacity);
        REQUIRE(ring);
        const auto who = sample::roster(1);
        for (int i = 0; i < 40; ++i) {
            Frame frame;
            const auto newest = RingReader::open(path)->newest();
            REQUIRE(newest);
            sample::fill(frame, (*newest)->sequence + (i == 0 ? 0 : 1), who);
            REQUIRE(ring->publish(frame));
            CHECK(frame.sequence > (*newest)->sequence);
            if (i == 0) {
                CHECK(frame.sequence >= frames);
                sample::fill(frame, frame.sequence + 1, who);
                REQUIRE(ring->publish(frame));
            }
        }
        CHECK(RingReader::open(path)->info()->damaged == 0);
    }
}
