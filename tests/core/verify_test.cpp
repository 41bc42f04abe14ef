// examine_ring(): each way in which a file can be wrong has its own verdict, and what remains is counted right.
#include "core/ring/verify.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <functional>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ring/file.h"
#include "core/ring/reader.h"
#include "core/ring/recording.h"
#include "core/ring/writer.h"
#include "tests/core/sample.h"

using namespace virtscope;

namespace {

constexpr std::uint64_t ring_bytes = 2 << 20;

// A ring of so many frames, the roster changing now and then.
void make_ring(const std::string& path, std::uint64_t frames) {
    auto ring = RingWriter::open(path, ring_bytes);
    REQUIRE(ring);
    for (unsigned n = 1; n <= frames; ++n) {
        Frame frame = sample::frame(n, sample::roster(5, n / 100));
        REQUIRE(ring->publish(frame));
    }
}

void make_recording(const std::string& path, std::uint64_t frames) {
    std::filesystem::remove(path);
    auto recording = RecordingWriter::create(path);
    REQUIRE(recording);
    for (unsigned n = 1; n <= frames; ++n)
        REQUIRE(recording->add(sample::frame(500 + n + n / 10 * 7, sample::roster(5, n / 100))));
    REQUIRE(recording->finish());
}

template <class T>
T at(const std::string& image, std::size_t offset) {
    T value{};
    std::memcpy(&value, image.data() + offset, sizeof value);
    return value;
}

template <class T>
void put(std::string& image, std::size_t offset, const T& value) {
    std::memcpy(image.data() + offset, &value, sizeof value);
}

void change_constant(std::string& image, const std::function<void(ring::ConstantPart&)>& change, bool seal = true) {
    auto constant = at<ring::ConstantPart>(image, 0);
    change(constant);
    if (seal) constant.crc = ring::constant_crc(constant);
    put(image, 0, constant);
}

// Where records of a type lie in the file, in order of their places.
std::vector<std::size_t> places(const std::string& image, ring::RecordType type) {
    const auto constant = at<ring::ConstantPart>(image, 0);
    std::vector<std::size_t> found;
    for (std::size_t offset = ring::page; offset + sizeof(ring::RecordHeader) <= ring::page + constant.capacity;
         offset += 8) {
        if (offset + sizeof(ring::RecordHeader) > image.size()) break;
        const auto record = at<ring::RecordHeader>(image, offset);
        if (record.type == type && ring::whole(record, offset - ring::page, constant.capacity, constant.salt))
            found.push_back(offset);
    }
    return found;
}

// Changes a record's header, its CRC right again.
void change_record(std::string& image, std::size_t place, const std::function<void(ring::RecordHeader&)>& change) {
    auto record = at<ring::RecordHeader>(image, place);
    change(record);
    record.header_crc = ring::header_crc(record, at<ring::ConstantPart>(image, 0).salt);
    put(image, place, record);
}

struct Bench {
    sample::Directory dir;
    std::string path = dir.file("file");

    Verdict of(const std::string& image) const {
        sample::write_all(path, image);
        return examine_ring(path);
    }
};

bool says(const Verdict& verdict, std::string_view part) {
    const bool line = verdict.problem.find('\n') == std::string::npos;
    return line && verdict.problem.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("verify: whole rings and recordings are whole, all frames decoded") {
    const Bench bench;
    for (const std::uint64_t count : {0U, 1U, 2U, 64U, 65U, 66U, 130U, 250U}) {
        std::filesystem::remove(bench.path);
        make_ring(bench.path, count);
        const Verdict ring = examine_ring(bench.path);
        CHECK_MESSAGE(ring.condition == Condition::whole, ring.problem);
        CHECK(ring.problem.empty());
        CHECK(ring.frames == count);
        CHECK(ring.frames_told == count);
        CHECK(!ring.recording);
        CHECK(!ring.writer.has_value());
        make_recording(bench.path, count);
        const Verdict recording = examine_ring(bench.path);
        CHECK_MESSAGE(recording.condition == Condition::whole, recording.problem);
        CHECK(recording.frames == count);
        CHECK(recording.recording);
    }
}

TEST_CASE("verify: a ring on any lap is whole, and agrees with what readers find") {
    const Bench bench;
    auto ring = RingWriter::open(bench.path, 64 << 10);
    REQUIRE(ring);
    for (unsigned n = 1; n <= 400; ++n) {
        Frame frame = sample::frame(n, sample::roster(7, n / 20 % 2));
        REQUIRE(ring->publish(frame));
        if (n % 7 != 0) continue;
        const Verdict verdict = examine_ring(bench.path);
        REQUIRE_MESSAGE(verdict.condition == Condition::whole, verdict.problem);
        const auto info = RingReader::open(bench.path)->info();
        CHECK(verdict.frames == info->frames);
        CHECK(verdict.values == info->values);
        CHECK(verdict.from == info->from);
        CHECK(verdict.to == info->to);
    }
}

TEST_CASE("verify: a live ring is whole, and who writes it is said without taking its lock") {
    const Bench bench;
    auto ring = RingWriter::open(bench.path, ring_bytes);
    REQUIRE(ring);
    const Verdict verdict = examine_ring(bench.path);
    CHECK(verdict.condition == Condition::whole);
    CHECK(verdict.writer == std::int64_t{::getpid()});
}

TEST_CASE("verify: what is no ring, or none yet") {
    const Bench bench;
    CHECK(examine_ring("/no/ring").condition == Condition::unreadable);
    CHECK(says(examine_ring("/no/ring"), "/no/ring: no such ring"));
    CHECK(examine_ring(bench.dir.path()).condition == Condition::no_ring);
    CHECK(examine_ring("/dev/null").condition == Condition::no_ring);
    CHECK(bench.of("#!/bin/sh\n").condition == Condition::no_ring);
    CHECK(bench.of(std::string(100'000, '\0')).condition == Condition::no_ring);
    CHECK(says(bench.of(""), "empty"));
    CHECK(bench.of("").condition == Condition::unfinished);
    CHECK(says(bench.of("vscpinit"), "never finished"));
    std::filesystem::remove(bench.path);
    auto recording = RecordingWriter::create(bench.path);
    REQUIRE(recording->add(sample::frame(1, sample::roster(1))));
    const Verdict verdict = examine_ring(bench.path);
    CHECK(verdict.condition == Condition::unfinished);
    CHECK(says(verdict, fmt::format("still being made by process {}", ::getpid())));
}

TEST_CASE("verify: no right to read it") {
    if (::geteuid() == 0) return;
    const Bench bench;
    make_ring(bench.path, 3);
    REQUIRE(::chmod(bench.path.c_str(), 0) == 0);
    CHECK(examine_ring(bench.path).condition == Condition::unreadable);
}

TEST_CASE("verify: other versions, byte order, catalogue, and headers that lie") {
    const Bench bench;
    make_ring(bench.path, 20);
    const std::string whole = sample::read_all(bench.path);
    const auto with = [&](const std::function<void(ring::ConstantPart&)>& change, bool seal = true) {
        std::string image = whole;
        // Its copy must not come to its help.
        image.replace(ring::constant_copy_at, sizeof(ring::ConstantPart), sizeof(ring::ConstantPart), '\0');
        change_constant(image, change, seal);
        return bench.of(image);
    };
    CHECK(says(with([](auto& c) { c.version = 3; }),
               "written in format 3, this program reads format 2: read it with a newer"));
    CHECK(says(with([](auto& c) { c.version = 1; }), "written in format 1, this program reads format 2"));
    CHECK(with([](auto& c) { c.version = 1; }).condition == Condition::other_version);
    CHECK(with([](auto& c) { c.version = 3; }, false).condition == Condition::contradictory);
    CHECK(with([](auto& c) { c.byte_order = 0x04030201; }).condition == Condition::other_byte_order);
    CHECK(with([](auto& c) { c.catalogue ^= 1; }).condition == Condition::other_catalogue);
    CHECK(with([](auto& c) { c.salt ^= 1; }, false).condition == Condition::contradictory);
    CHECK(with([](auto& c) { c.capacity += 1; }).condition == Condition::contradictory);
    CHECK(with([](auto& c) { c.image = ~std::uint64_t{0}; }).condition == Condition::contradictory);
    CHECK(with([](auto& c) { c.data_offset = 8192; }).condition == Condition::contradictory);
    CHECK(with([](auto& c) { c.salt ^= 1; }).condition == Condition::damaged);  // nothing fits it any more
    std::string image = whole;
    auto words = at<ring::Words>(image, offsetof(ring::HeaderPage, words));
    words.head += std::uint64_t{1} << 40;
    put(image, offsetof(ring::HeaderPage, words), words);
    const Verdict verdict = bench.of(image);
    CHECK(verdict.condition == Condition::contradictory);
    CHECK(says(verdict, "20 frames behind them"));
    CHECK(bench.of(whole).condition == Condition::whole);
}

TEST_CASE("verify: cut at any length, what is left is counted as readers would find it") {
    const Bench bench;
    make_recording(bench.path, 150);
    const std::string whole = sample::read_all(bench.path);
    const auto frames = places(whole, ring::RecordType::frame);
    REQUIRE(frames.size() == 150);
    for (std::size_t left = 8; left < whole.size(); left += left < 600 ? 7 : 1013) {
        const Verdict verdict = bench.of(whole.substr(0, left));
        REQUIRE_MESSAGE(verdict.condition == Condition::cut_short, left);
        const auto there = std::ranges::count_if(frames, [&](std::size_t place) {
            const auto record = at<ring::RecordHeader>(whole, place);
            return place + sizeof record + record.length <= left;
        });
        REQUIRE(verdict.frames == static_cast<std::uint64_t>(there));
        if (left > sizeof(ring::HeaderPage)) CHECK(verdict.frames_told == 150);
        if (there == 0) continue;
        REQUIRE(says(verdict, fmt::format("cut short to {} bytes; {} of 150 frames remain, ", left, there)));
    }
}

TEST_CASE("verify: one damaged place costs one frame or none, and is counted once") {
    const Bench bench;
    for (const bool recording : {false, true}) {
        std::filesystem::remove(bench.path);
        (recording ? make_recording : make_ring)(bench.path, 150);
        const std::string whole = sample::read_all(bench.path);
        for (const auto type : {ring::RecordType::frame, ring::RecordType::roster, ring::RecordType::checkpoint}) {
            for (const std::size_t place : places(whole, type)) {
                for (const std::size_t offset : {30UL, sizeof(ring::RecordHeader) + 6}) {
                    std::string image = whole;
                    image[place + offset] = static_cast<char>(image[place + offset] ^ 0x20);
                    const Verdict verdict = bench.of(image);
                    REQUIRE(verdict.condition == Condition::damaged);
                    REQUIRE(verdict.damaged == 1);
                    REQUIRE_MESSAGE(verdict.frames_told == 150, place << " " << offset);
                    REQUIRE(verdict.frames == (type == ring::RecordType::frame ? 149 : 150));
                    REQUIRE(says(verdict, "damaged in 1 place; "));
                }
            }
        }
    }
}

TEST_CASE("verify: a stretch of damage, as wide as some frames") {
    const Bench bench;
    make_recording(bench.path, 150);
    std::string image = sample::read_all(bench.path);
    const auto frames = places(image, ring::RecordType::frame);
    for (std::size_t i = frames[40] + 50; i < frames[45] + 50; ++i) image[i] = '\xff';
    const Verdict verdict = bench.of(image);
    CHECK(verdict.condition == Condition::damaged);
    CHECK(verdict.frames == 144);
    CHECK(verdict.frames_told == 150);
    CHECK(RingReader::open(bench.path)->since(0, 1000)->frames.size() == 144);
}

TEST_CASE("verify: lies behind right CRCs are found") {
    const Bench bench;
    make_recording(bench.path, 150);
    const std::string whole = sample::read_all(bench.path);
    const auto frames = places(whole, ring::RecordType::frame);
    const auto with = [&](const std::function<void(ring::RecordHeader&)>& change) {
        std::string image = whole;
        change_record(image, frames[70], change);
        return bench.of(image);
    };
    CHECK(with([](auto&) {}).condition == Condition::whole);
    CHECK(with([](auto& r) { r.values += 1; }).condition == Condition::damaged);
    CHECK(with([](auto& r) { r.monotonic += 12345678901; }).condition == Condition::whole);  // a time may be any
    CHECK(with([](auto& r) { r.roster_distance += 1; }).condition == Condition::whole);      // found by its number
    CHECK(with([](auto& r) { r.base_distance = 0; }).condition == Condition::damaged);
    CHECK(with([](auto& r) { r.type = ring::RecordType::checkpoint; }).condition == Condition::damaged);
    const Verdict skipping = with([](auto& r) { r.previous_distance = 0; });
    CHECK(skipping.condition == Condition::damaged);
    CHECK(skipping.frames == 80);
    CHECK(skipping.frames_told == 150);
    std::string image = whole;
    auto words = at<ring::Words>(image, offsetof(ring::HeaderPage, words));
    words.newest = at<ring::RecordHeader>(image, frames[99]).position;
    put(image, offsetof(ring::HeaderPage, words), words);
    CHECK(bench.of(image).condition == Condition::damaged);
    CHECK(bench.of(image).frames == 100);
}

TEST_CASE("verify: an image that is not the newest frame is a lie") {
    const Bench bench;
    make_ring(bench.path, 20);
    std::string image = sample::read_all(bench.path);
    const auto constant = at<ring::ConstantPart>(image, 0);
    image[ring::page + constant.capacity + 200] = static_cast<char>(image[ring::page + constant.capacity + 200] ^ 1);
    const Verdict verdict = bench.of(image);
    CHECK(verdict.condition == Condition::damaged);
    CHECK(verdict.frames == 20);
}

TEST_CASE("verify: a file that says it is large, and is not, takes no time") {
    const Bench bench;
    make_recording(bench.path, 20);
    std::string image = sample::read_all(bench.path);
    change_constant(image, [](auto& c) { c.capacity = ring::max_capacity; });
    auto words = at<ring::Words>(image, offsetof(ring::HeaderPage, words));
    words.head = words.tail + ring::max_capacity;
    put(image, offsetof(ring::HeaderPage, words), words);
    sample::write_all(bench.path, image);
    if (::truncate(bench.path.c_str(), ring::page + ring::max_capacity) != 0) return;
    const Verdict verdict = examine_ring(bench.path);
    CHECK(verdict.condition == Condition::damaged);
    CHECK(verdict.frames == 20);
}
