// Encoding and decoding apart from any file.
#include "core/ring/codec.h"

#include <limits>
#include <utility>

#include <doctest/doctest.h>

#include "tests/core/sample.h"

using namespace virtscope;
using ring::Bytes;

namespace {

constexpr std::uint32_t seed = 7;

struct Coded {
    Bytes bytes;
    std::size_t head = 0;
    ring::Stamp stamp;
};

Coded joined(const ring::Payload& payload, const Frame& frame, bool from_nothing) {
    Coded made{.bytes = payload.head, .head = payload.head.size(), .stamp = {}};
    made.bytes.insert(made.bytes.end(), payload.body.begin(), payload.body.end());
    made.stamp = {frame.realtime, frame.monotonic, frame.sequence, from_nothing};
    return made;
}

Coded encode(ring::Encoder& encoder, const Frame& frame, bool from_nothing) {
    ring::Payload payload;
    REQUIRE(encoder.frame(frame, from_nothing, frame.sequence, seed, payload));
    return joined(payload, frame, from_nothing);
}

Coded checkpoint(ring::Encoder& encoder) {
    ring::Payload payload;
    encoder.checkpoint(seed, payload);
    return joined(payload, encoder.state().frame, true);
}

bool decode(const Coded& coded, ring::State& state, std::uint32_t crc = seed) {
    ring::Head head;
    const auto bytes = std::span<const std::byte>(coded.bytes);
    if (coded.head > bytes.size()) return false;
    if (!ring::decode_head(bytes.first(coded.head), bytes.size(), coded.stamp.monotonic, head)) return false;
    if (!ring::decode_shelves(bytes, head, coded.stamp, crc, state)) return false;
    state.frame.events = head.events;
    return true;
}

}  // namespace

TEST_CASE("codec: rosters come back as they were") {
    Bytes bytes;
    for (const std::size_t guests : {0U, 1U, 9U}) {
        const auto who = sample::roster(guests);
        REQUIRE(ring::encode_roster(*who, bytes));
        const auto roster = ring::decode_roster(bytes);
        REQUIRE(roster);
        CHECK(**roster == *who);
    }
}

TEST_CASE("codec: frames come back as they were, one after the other and from any checkpoint") {
    for (const std::size_t guests : {0U, 1U, 9U, 70U}) {
        const auto who = sample::roster(guests);
        ring::Encoder encoder;
        ring::State state;
        state.reset(who);
        for (std::uint64_t n = 1; n <= 40; ++n) {
            if (n % 10 == 0) {
                ring::State other;
                other.reset(who);
                REQUIRE(decode(checkpoint(encoder), other));
                CHECK(other.closing == state.sticky);
                state = other;
            }
            const Frame frame = sample::frame(n, who, n % 7 == 0);
            REQUIRE(decode(encode(encoder, frame, n == 1), state));
            CHECK(sample::same(state.frame, frame));
            CHECK(state.sticky == encoder.state().sticky);
        }
    }
}

TEST_CASE("codec: what was applied can be undone") {
    const auto who = sample::roster(40);
    ring::Encoder encoder;
    std::vector<Coded> coded;
    for (std::uint64_t n = 1; n <= 20; ++n) coded.push_back(encode(encoder, sample::frame(n, who), n == 1));
    ring::State state = encoder.state();
    for (std::uint64_t n = 20; n > 1; --n) {
        const auto bytes = std::span<const std::byte>(coded[n - 1].bytes);
        ring::Head head;
        REQUIRE(ring::decode_head(bytes.first(coded[n - 1].head), bytes.size(), coded[n - 1].stamp.monotonic, head));
        REQUIRE(ring::undo_shelves(bytes, head, coded[n - 2].stamp.monotonic, state));
        ring::settle(head, coded[n - 2].stamp, state.frame);
        Frame before = sample::frame(n - 1, who);
        state.frame.events = before.events;
        state.frame.boottime = before.boottime;
        CHECK(sample::same(state.frame, before));
    }
}

TEST_CASE("codec: one guest is decoded without the others") {
    const auto who = sample::roster(70);
    ring::Encoder encoder;
    ring::State state;
    state.reset(who);
    const std::size_t guest = 45;
    for (std::uint64_t n = 1; n <= 12; ++n) {
        const Frame frame = sample::frame(n, who);
        const Coded coded = encode(encoder, frame, n == 1);
        ring::Head head;
        const auto bytes = std::span<const std::byte>(coded.bytes);
        REQUIRE(ring::decode_head(bytes.first(coded.head), bytes.size(), frame.monotonic, head));
        const ring::Shelf& shelf = head.shelves.at(1 + guest / ring::shelf_guests);
        REQUIRE(ring::decode_guest(bytes.subspan(shelf.begin, shelf.length), guest, coded.stamp, state));
        ring::settle(head, coded.stamp, state.frame);
        for (std::size_t c = 0; c < metrics(Scope::Guest).size(); ++c) {
            CHECK(state.frame.table(Scope::Guest).get(guest, c) == frame.table(Scope::Guest).get(guest, c));
        }
    }
    CHECK(state.frame.table(Scope::Guest).row(69).present == 0);
}

TEST_CASE("codec: cells keep all 64 bits, times come back within 16.4 us whatever they are") {
    const auto who = sample::roster(1);
    Frame frame = sample::frame(1, who);
    ring::Encoder encoder;
    ring::State state;
    state.reset(who);
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto greatest = std::numeric_limits<std::int64_t>::max();
    const std::int64_t near = 1'000'000'000'000'003;
    std::uint64_t n = 0;
    for (const std::int64_t time : {near, least, std::int64_t{0}, greatest, near + 8191, near - 8191}) {
        frame.sequence = ++n;
        frame.monotonic = near;
        frame.table(Scope::Guest).row(0).time = time;
        frame.set(0, GuestMetric::cpu_time, n % 2 == 0 ? 0 : std::numeric_limits<std::uint64_t>::max());
        REQUIRE(decode(encode(encoder, frame, n == 1), state));
        CHECK(state.frame.get(0, GuestMetric::cpu_time) == frame.get(0, GuestMetric::cpu_time));
        const auto back = static_cast<std::uint64_t>(state.frame.table(Scope::Guest).row(0).time);
        CHECK(static_cast<std::uint64_t>(time) - back < 16384);
    }
}

TEST_CASE("codec: a value that is no multiple of its column's quantum is exact, too") {
    const auto who = sample::roster(1);
    ring::Encoder encoder;
    ring::State state;
    state.reset(who);
    Frame frame = sample::frame(1, who);
    for (std::uint64_t n = 1; n < 20; ++n) {
        frame.sequence = n;
        frame.set(0, GuestMetric::cpu_user, n * 10'000'000 + (n % 5 == 0 ? n : 0));
        frame.set(0, GuestMetric::memory_resident, (30 - n) * 4096 + n % 2);
        REQUIRE(decode(encode(encoder, frame, n == 1), state));
        CHECK(state.frame.get(0, GuestMetric::cpu_user) == frame.get(0, GuestMetric::cpu_user));
        CHECK(state.frame.get(0, GuestMetric::memory_resident) == frame.get(0, GuestMetric::memory_resident));
    }
}

TEST_CASE("codec: what does not change costs next to nothing") {
    const auto who = sample::roster(64);
    ring::Encoder encoder;
    Frame frame = sample::frame(2, who);
    (void)encode(encoder, frame, true);
    frame.sequence = 2;
    frame.monotonic += 1'000'013'824;
    for (Table& table : frame.tables) {
        for (std::size_t r = 0; r < table.rows(); ++r) table.row(r).time += 1'000'013'824;
    }
    CHECK(encode(encoder, frame, false).bytes.size() < 64 + 40);
}

TEST_CASE("codec: rows at rest behind those in motion cost nothing") {
    const auto bare = std::make_shared<Roster>(*sample::roster(4));
    for (const auto& list : {guest_lists[3], guest_lists[4]}) {
        ((*bare).*list.all).clear();
        for (RosterGuest& guest : bare->guests) guest.*list.first = guest.*list.count = 0;
    }
    const auto moved_bytes = [](const RosterPtr& who) {
        ring::Encoder encoder;
        Frame frame = sample::frame(2, who);
        (void)encode(encoder, frame, true);
        frame.sequence = 3;
        for (std::size_t row = 0; row < 4; ++row) frame.set(row, GuestMetric::cpu_time, 12345 * (row + 2));
        return encode(encoder, frame, false).bytes.size();
    };
    CHECK(moved_bytes(sample::roster(4)) == moved_bytes(bare));
}

TEST_CASE("codec: hostile strings pass unchanged, overlong ones are cut") {
    auto who = std::make_shared<Roster>(*sample::roster(1));
    who->guests[0].name = std::string("a\"b|c\n\x1b[31m\0\xff", 12);
    who->disks[0].source = std::string(5000, 'x');
    Bytes bytes;
    REQUIRE(ring::encode_roster(*who, bytes));
    const auto read = ring::decode_roster(bytes);
    REQUIRE(read);
    CHECK((*read)->guests[0].name == who->guests[0].name);
    CHECK((*read)->disks[0].source == std::string(4096, 'x'));
}

TEST_CASE("codec: every cut and every appended byte is malformed") {
    const auto who = sample::roster(2);
    Bytes roster;
    REQUIRE(ring::encode_roster(*who, roster));
    for (std::size_t size = 0; size < roster.size(); ++size) CHECK(!ring::decode_roster(std::span(roster).first(size)));
    roster.push_back({});
    CHECK(!ring::decode_roster(roster));
    ring::Encoder encoder;
    const Coded whole = encode(encoder, sample::frame(3, who), true);
    for (std::size_t size = 0; size <= whole.bytes.size() + 1; ++size) {
        Coded cut = whole;
        cut.bytes.resize(size);
        ring::State state;
        state.reset(who);
        CHECK(decode(cut, state) == (size == whole.bytes.size()));
    }
}

TEST_CASE("codec: any byte changed is malformed or gives a sound state") {
    const auto who = sample::roster(2);
    Bytes bytes;
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
    // Past the CRCs, as somebody who means harm would write it.
    ring::Encoder encoder;
    Coded coded = encode(encoder, sample::frame(3, who), true);
    for (std::size_t at = coded.head; at < coded.bytes.size(); ++at) {
        for (const auto value : {std::byte{0xff}, std::byte{0x80}, std::byte{0}}) {
            const std::byte was = std::exchange(coded.bytes[at], value);
            auto segments = std::span<const std::byte>(coded.bytes).subspan(coded.head);
            for (const auto coding : {ring::Coding::changes, ring::Coding::whole, ring::Coding::undo}) {
                ring::State state;
                state.reset(who);
                auto left = segments;
                for (std::size_t unit = 0; unit < 3 && ring::decode_segment(left, unit, coding, 1, 2, state); ++unit) {}
                for (const auto& row : {state.frame.table(Scope::Guest).row(0), state.frame.table(Scope::Guest).row(1)}) {
                    CHECK(static_cast<std::size_t>(row.quality) < quality_count);
                    CHECK((row.present >> metrics(Scope::Guest).size()) == 0);
                }
            }
            coded.bytes[at] = was;
        }
    }
}

TEST_CASE("codec: rows that belong to nobody, and a frame of another shape, are refused") {
    Bytes bytes;
    auto who = std::make_shared<Roster>(*sample::roster(1));
    who->disks[0].guest = 1;
    CHECK(ring::encode_roster(*who, bytes).error().kind == ErrorKind::malformed);
    who->disks[0].guest = 0;
    who->guests[0].first_nic = std::numeric_limits<std::uint32_t>::max();
    CHECK(ring::encode_roster(*who, bytes).error().kind == ErrorKind::malformed);
    who->guests[0].first_nic = 0;
    who->guests[0].nics = 0;
    CHECK(ring::encode_roster(*who, bytes).error().kind == ErrorKind::malformed);
    ring::Encoder encoder;
    const Coded coded = encode(encoder, sample::frame(1, sample::roster(1)), true);
    ring::State state;
    state.reset(sample::roster(40));
    CHECK(!decode(coded, state));
    state.reset(sample::roster(1));
    CHECK(!decode(coded, state, seed + 1));
}
