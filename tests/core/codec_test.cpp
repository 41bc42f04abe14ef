// Encoding and decoding apart from any file.
#include "core/ring/codec.h"

#include <limits>

#include <doctest/doctest.h>

#include "tests/core/sample.h"

using namespace virtscope;

TEST_CASE("codec: rosters and frames come back as they were") {
    ring::Bytes bytes;
    for (const std::size_t guests : {0U, 1U, 9U}) {
        const auto who = sample::roster(guests);
        REQUIRE(ring::encode_roster(*who, bytes));
        const auto roster = ring::decode_roster(bytes);
        REQUIRE(roster);
        CHECK(**roster == *who);
        for (const bool all : {false, true}) {
            const Frame frame = sample::frame(6, who, all);
            const auto values = ring::encode_frame(frame, bytes);
            REQUIRE(values);
            auto read = ring::decode_frame(bytes, *roster);
            REQUIRE(read);
            (*read)->sequence = frame.sequence;
            CHECK(sample::same(**read, frame));
        }
    }
}

TEST_CASE("codec: times survive whatever they are, cells keep all 64 bits") {
    const auto who = sample::roster(1);
    Frame frame = sample::frame(1, who);
    frame.monotonic = std::numeric_limits<std::int64_t>::min();
    frame.table(Scope::Guest).row(0).time = std::numeric_limits<std::int64_t>::max();
    frame.set(0, GuestMetric::cpu_time, std::numeric_limits<std::uint64_t>::max());
    ring::Bytes bytes;
    REQUIRE(ring::encode_frame(frame, bytes));
    auto read = ring::decode_frame(bytes, who);
    REQUIRE(read);
    (*read)->sequence = frame.sequence;
    CHECK(sample::same(**read, frame));
}

TEST_CASE("codec: hostile strings pass unchanged, overlong ones are cut") {
    auto who = std::make_shared<Roster>(*sample::roster(1));
    who->guests[0].name = std::string("a\"b|c\n\x1b[31m\0\xff", 12);
    who->disks[0].source = std::string(5000, 'x');
    ring::Bytes bytes;
    REQUIRE(ring::encode_roster(*who, bytes));
    const auto read = ring::decode_roster(bytes);
    REQUIRE(read);
    CHECK((*read)->guests[0].name == who->guests[0].name);
    CHECK((*read)->disks[0].source == std::string(4096, 'x'));
}

TEST_CASE("codec: every cut and every appended byte is malformed") {
    const auto who = sample::roster(2);
    ring::Bytes roster;
    ring::Bytes frame;
    REQUIRE(ring::encode_roster(*who, roster));
    REQUIRE(ring::encode_frame(sample::frame(3, who), frame));
    for (std::size_t size = 0; size < roster.size(); ++size) CHECK(!ring::decode_roster(std::span(roster).first(size)));
    for (std::size_t size = 0; size < frame.size(); ++size) CHECK(!ring::decode_frame(std::span(frame).first(size), who));
    roster.push_back({});
    frame.push_back({});
    CHECK(!ring::decode_roster(roster));
    CHECK(!ring::decode_frame(frame, who));
}

TEST_CASE("codec: any byte changed gives a sound result or none") {
    const auto who = sample::roster(2);
    ring::Bytes bytes;
    REQUIRE(ring::encode_roster(*who, bytes));
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const auto value : {std::byte{0xff}, std::byte{0x80}, std::byte{0}}) {
            const std::byte was = std::exchange(bytes[at], value);
            const auto roster = ring::decode_roster(bytes);
            if (roster) {
                for (const auto& disk : (*roster)->disks) CHECK(disk.guest < (*roster)->guests.size());
            }
            bytes[at] = was;
        }
    }
    REQUIRE(ring::encode_frame(sample::frame(3, who), bytes));
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const std::byte was = std::exchange(bytes[at], std::byte{0xff});
        const auto frame = ring::decode_frame(bytes, who);
        if (frame) CHECK((*frame)->table(Scope::Vcpu).rows() == 4);
        bytes[at] = was;
    }
}

TEST_CASE("codec: rows that belong to nobody, and a frame of another shape, are refused") {
    ring::Bytes bytes;
    auto who = std::make_shared<Roster>(*sample::roster(1));
    who->disks[0].guest = 1;
    CHECK(ring::encode_roster(*who, bytes).error().kind == ErrorKind::malformed);
    who->disks[0].guest = 0;
    who->guests[0].first_nic = std::numeric_limits<std::uint32_t>::max();
    CHECK(ring::encode_roster(*who, bytes).error().kind == ErrorKind::malformed);
    REQUIRE(ring::encode_frame(sample::frame(1, sample::roster(1)), bytes));
    CHECK(ring::decode_frame(bytes, sample::roster(2)).error().kind == ErrorKind::malformed);
}
