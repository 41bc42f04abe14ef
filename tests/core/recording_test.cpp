// Recordings: made whole or not at all, as large as their content, each frame as it was.
#include "core/ring/recording.h"

#include <filesystem>
#include <vector>

#include <doctest/doctest.h>

#include "core/ring/format.h"
#include "core/ring/reader.h"
#include "core/ring/writer.h"
#include "tests/core/sample.h"

using namespace virtscope;

namespace {

// Frames with gaps in their numbers and rosters that change.
std::vector<Frame> frames(std::uint64_t count) {
    std::vector<Frame> made;
    for (unsigned n = 0; n < count; ++n) {
        made.push_back(sample::frame(1000 + n + n / 10 * 5, sample::roster(5, n / 150)));
    }
    return made;
}

RecordingWriter create(const std::string& path) {
    auto writer = RecordingWriter::create(path);
    REQUIRE_MESSAGE(writer.has_value(), (writer ? "" : writer.error().message));
    return std::move(*writer);
}

std::uint64_t make(const std::string& path, const std::vector<Frame>& all) {
    auto writer = create(path);
    for (const Frame& frame : all) REQUIRE(writer.add(frame));
    const auto bytes = writer.finish();
    REQUIRE(bytes.has_value());
    return *bytes;
}

void check_content(const std::string& path, const std::vector<Frame>& all) {
    auto reader = RingReader::open(path);
    REQUIRE(reader.has_value());
    std::size_t met = 0;
    const auto lost = reader->scan({}, [&](const Frame& frame) {
        REQUIRE(met < all.size());
        CHECK(sample::same(frame, all[met++]));
        return true;
    });
    CHECK(lost.value() == 0);
    CHECK(met == all.size());
    CHECK(sample::same(**reader->newest(), all.back()));
    CHECK(reader->info()->damaged == 0);
    CHECK(reader->info()->frames == all.size());
}

}  // namespace

TEST_CASE("recording: of any number of frames, each as it was") {
    const sample::Directory dir;
    for (const std::uint64_t count : {1U, 2U, 63U, 64U, 65U, 66U, 130U, 400U}) {
        const auto all = frames(count);
        const auto path = dir.file(std::to_string(count));
        const std::uint64_t bytes = make(path, all);
        CHECK(bytes == std::filesystem::file_size(path));
        const auto info = RingReader::open(path)->info();
        CHECK(bytes < info->bytes + 2 * ring::page);
        CHECK(info->host == "sample");
        check_content(path, all);
    }
}

TEST_CASE("recording: nobody takes an unfinished one for a recording or for a ring to be") {
    const sample::Directory dir;
    const auto path = dir.file("cut");
    {
        auto writer = create(path);
        for (const Frame& frame : frames(20)) REQUIRE(writer.add(frame));
        CHECK(RingReader::open(path).error().kind == ErrorKind::absent);
        CHECK(RingWriter::open(path, 1 << 20).error().kind == ErrorKind::busy);
    }
    CHECK(RingReader::open(path).error().kind == ErrorKind::absent);
    CHECK(RecordingWriter::create(path).error().kind == ErrorKind::busy);
}

TEST_CASE("recording: never a ring again") {
    const sample::Directory dir;
    const auto path = dir.file("cut");
    make(path, frames(20));
    const std::string before = sample::read_all(path);
    const auto ring = RingWriter::open(path, 1 << 20);
    REQUIRE(!ring.has_value());
    CHECK(ring.error().kind == ErrorKind::malformed);
    CHECK(ring.error().message == path + ": a recording, and never overwritten: choose another --ring or move it");
    CHECK(sample::read_all(path) == before);
    CHECK(!std::filesystem::exists(path + ".old"));
}

TEST_CASE("recording: numbers rise, and after an error there is no recording") {
    const sample::Directory dir;
    const auto all = frames(2);
    auto writer = create(dir.file("cut"));
    REQUIRE(writer.add(all[1]));
    CHECK(writer.add(all[0]).error().kind == ErrorKind::malformed);
    CHECK(writer.finish().error().kind == ErrorKind::malformed);
    CHECK(RingReader::open(dir.file("cut")).error().kind == ErrorKind::absent);
    auto other = create(dir.file("other"));
    CHECK(other.add(Frame{}).error().kind == ErrorKind::malformed);
    CHECK(!other.finish().has_value());
}

TEST_CASE("recording: one damaged frame costs one frame, the newest but one included") {
    const sample::Directory dir;
    const auto path = dir.file("cut");
    const auto all = frames(100);
    make(path, all);
    const std::string image = sample::read_all(path);
    for (std::size_t at = ring::page + 100; at < image.size(); at += 997) {
        std::string damaged = image;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        sample::write_all(path, damaged);
        const auto batch = RingReader::open(path)->since(0, 1000);
        REQUIRE(batch.has_value());
        CHECK(batch->frames.size() + 1 >= all.size());
        for (const FramePtr& frame : batch->frames) CHECK(sample::genuine(*frame));
    }
}
