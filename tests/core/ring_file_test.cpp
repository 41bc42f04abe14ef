// Files that are not what they should be: each gives its one-line error, and nothing is overwritten.
#include <filesystem>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ring/format.h"
#include "core/ring/reader.h"
#include "core/ring/writer.h"
#include "tests/core/sample.h"

using namespace virtscope;

namespace {

constexpr std::uint64_t small = 32 << 10;

template <class T>
Error error_of(const Result<T>& result) {
    REQUIRE(!result);
    return result.error();
}

bool mentions(const Error& error, std::string_view part) { return error.message.find(part) != std::string::npos; }

void make_ring(const std::string& path, std::uint64_t frames, std::uint64_t bytes = small) {
    auto ring = RingWriter::open(path, bytes);
    REQUIRE(ring);
    const auto who = sample::roster(1);
    for (std::uint64_t n = 1; n <= frames; ++n) {
        Frame frame = sample::frame(n, who);
        REQUIRE(ring->publish(frame));
    }
}

// Changes constant fields of a ring's header, CRC included unless `seal` is false.
template <class Change>
void change_header(const std::string& path, Change change, bool seal = true) {
    std::string image = sample::read_all(path);
    ring::ConstantPart constant{};
    std::memcpy(&constant, image.data(), sizeof constant);
    change(constant);
    if (seal) constant.crc = ring::constant_crc(constant);
    std::memcpy(image.data(), &constant, sizeof constant);
    sample::write_all(path, image);
}

}  // namespace

TEST_CASE("no file, no directory, no ring") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    auto error = error_of(RingReader::open(path));
    CHECK(error.kind == ErrorKind::absent);
    CHECK(mentions(error, path));
    error = error_of(RingWriter::open(dir.file("none/ring"), small));
    CHECK(error.kind == ErrorKind::absent);
    CHECK(mentions(error, "no such directory"));
    CHECK(error_of(RingWriter::open(dir.path(), small)).kind == ErrorKind::malformed);
    CHECK(error_of(RingReader::open(dir.path())).kind == ErrorKind::malformed);
}

TEST_CASE("a foreign file is refused and stays as it is") {
    const sample::Directory dir;
    const auto path = dir.file("foreign");
    const std::string zeros(100'000, '\0');
    for (const std::string& content : {std::string("x"), std::string("#!/bin/sh\nexit 0\n"), zeros}) {
        sample::write_all(path, content);
        const auto error = error_of(RingWriter::open(path, small));
        CHECK(error.kind == ErrorKind::malformed);
        CHECK(mentions(error, "not a virtscope ring"));
        CHECK(sample::read_all(path) == content);
        CHECK(error_of(RingReader::open(path)).message ==
              path + ": not a virtscope ring (no magic): give the file that virtscoped --ring writes");
    }
}

TEST_CASE("a FIFO or a link in the ring's place neither hangs nor is followed") {
    const sample::Directory dir;
    const auto fifo = dir.file("fifo");
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    CHECK(error_of(RingReader::open(fifo)).kind == ErrorKind::malformed);
    CHECK(error_of(RingWriter::open(fifo, small)).kind == ErrorKind::malformed);
    const auto target = dir.file("target");
    const auto link = dir.file("link");
    sample::write_all(target, "");
    REQUIRE(::symlink(target.c_str(), link.c_str()) == 0);
    CHECK(mentions(error_of(RingWriter::open(link, small)), "symbolic link"));
    CHECK(sample::read_all(target).empty());
}

TEST_CASE("an empty or half-made file becomes a ring") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    for (const std::string& content : {std::string(), std::string("vscpinit"), "vscpinit" + std::string(5000, 'x')}) {
        sample::write_all(path, content);
        CHECK(error_of(RingReader::open(path)).kind == ErrorKind::absent);
        make_ring(path, 1);
        CHECK(RingReader::open(path));
    }
    struct stat status {};
    ::unlink(path.c_str());
    make_ring(path, 1);
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777 & ~0640U) == 0);
    CHECK(static_cast<std::uint64_t>(status.st_blocks) * 512 >= small);
}

TEST_CASE("other version, byte order, catalogue: readers refuse, a writer sets the file aside") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    std::string_view said;
    make_ring(path, 3);
    SUBCASE("later version") {
        change_header(path, [](auto& c) { c.version = 3; });
        said = "written by format 3, this program reads 2: upgrade the reader";
    }
    SUBCASE("earlier version") {
        change_header(path, [](auto& c) { c.version = 1; });
        said = "written by format 1, this program reads 2: upgrade the writer, virtscoped";
    }
    SUBCASE("byte order") {
        change_header(path, [](auto& c) { c.byte_order = 0x04030201; });
        said = "other byte order";
    }
    SUBCASE("catalogue") {
        change_header(path, [](auto& c) { c.catalogue ^= 1; });
        said = "catalogue differs): restart virtscoped and its readers at the same version";
    }
    const std::string image = sample::read_all(path);
    const auto error = error_of(RingReader::open(path));
    CHECK(error.kind == ErrorKind::unsupported);
    CHECK(mentions(error, said));
    auto ring = RingWriter::open(path, small);
    REQUIRE(ring);
    CHECK(ring->notice().find(path + ".old") != std::string::npos);
    CHECK(sample::read_all(path + ".old") == image);
    CHECK(RingReader::open(path)->newest().error().kind == ErrorKind::absent);
}

TEST_CASE("a damaged header has a copy") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    make_ring(path, 7);
    change_header(path, [](auto& c) { c.capacity ^= 4096; }, false);
    CHECK((*RingReader::open(path)->newest())->sequence == 7);
    CHECK(RingWriter::open(path, small)->notice().empty());
}

TEST_CASE("a header damaged in both places is set aside too") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    make_ring(path, 3);
    std::string image = sample::read_all(path);
    image[ring::constant_copy_at + offsetof(ring::ConstantPart, salt)] ^= 1;
    sample::write_all(path, image);
    change_header(path, [](auto& c) { c.salt ^= 1; }, false);
    CHECK(error_of(RingReader::open(path)).kind == ErrorKind::malformed);
    CHECK(RingWriter::open(path, small));
    CHECK(std::filesystem::exists(path + ".old"));
}

TEST_CASE("another size begins a new file, sequences go on, readers follow") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    make_ring(path, 7);
    auto follow = RingReader::open(path);
    REQUIRE(follow);
    CHECK((*follow->newest())->sequence == 7);
    auto ring = RingWriter::open(path, 2 * small);
    REQUIRE(ring);
    Frame frame = sample::frame(8, sample::roster(1));
    REQUIRE(ring->publish(frame));
    CHECK(frame.sequence == 8);
    const auto batch = follow->since(7, 10);
    REQUIRE(batch);
    REQUIRE(batch->frames.size() == 1);
    CHECK(batch->lost == 0);
    CHECK(sample::genuine(*batch->frames[0]));
    CHECK(follow->info()->capacity == 2 * small - 2 * small / 8);
}

TEST_CASE("a ring that was deleted and made anew is followed from its beginning") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    make_ring(path, 7);
    auto follow = RingReader::open(path);
    REQUIRE(follow);
    REQUIRE(follow->since(0, 10)->frames.size() == 7);
    std::filesystem::remove(path);
    CHECK((*follow->newest())->sequence == 7);
    make_ring(path, 2);
    CHECK(follow->since(7, 10)->frames.size() == 2);
}

TEST_CASE("of two writers the second is told who the first is") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    auto first = RingWriter::open(path, small);
    REQUIRE(first);
    const auto error = error_of(RingWriter::open(path, small));
    CHECK(error.kind == ErrorKind::busy);
    CHECK(mentions(error, fmt::format("process id {}", ::getpid())));
    { const auto gone = std::move(*first); }
    CHECK(RingWriter::open(path, small));
}

TEST_CASE("sizes out of range are refused before anything is touched") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    for (const std::uint64_t bytes : {std::uint64_t{0}, ring::min_capacity - 1, ring::max_capacity + 1, ~std::uint64_t{0}}) {
        CHECK(error_of(RingWriter::open(path, bytes)).kind == ErrorKind::malformed);
    }
    CHECK(!std::filesystem::exists(path));
}

TEST_CASE("a file cut under reader and writer gives errors, not signals") {
    const sample::Directory dir;
    const auto path = dir.file("ring");
    auto ring = RingWriter::open(path, small);
    REQUIRE(ring);
    const auto who = sample::roster(1);
    Frame frame = sample::frame(1, who);
    REQUIRE(ring->publish(frame));
    auto follow = RingReader::open(path);
    REQUIRE(follow);
    for (const off_t size : {8192, 4096, 520, 100, 0}) {
        REQUIRE(::truncate(path.c_str(), size) == 0);
        CHECK(ring->publish(frame).error().kind == ErrorKind::malformed);
        const auto newest = follow->newest();
        CHECK((!newest || sample::genuine(**newest)));
        if (size < 520) CHECK(newest.error().kind == ErrorKind::malformed);
        (void)follow->info().has_value();  // that it returns is the point
    }
}
