#include <doctest/doctest.h>

#include <algorithm>

#include "drivers/xen/store_wire.h"
#include "fake_wire.h"

using namespace virtscope;
using namespace virtscope::xen;
using namespace std::string_view_literals;

namespace {

void give(MessageBuffer& buffer, std::string_view bytes) {
    const auto room = buffer.room();
    REQUIRE(room.size() >= bytes.size());
    std::ranges::copy(bytes, room.begin());
    buffer.add(bytes.size());
}

std::string message(MessageType type, std::uint32_t request, std::string_view body) {
    std::string out;
    test::add_message(out, {static_cast<std::uint32_t>(type), request, 0, 0}, body);
    return out;
}

}  // namespace

TEST_CASE("xen store wire: a question") {
    const std::string bytes = question(MessageType::watch, 7, {"/a", "virtscope"});
    CHECK(test::header_of(bytes) == test::Header{4, 7, 0, 13});
    CHECK(bytes.substr(header_size) == "/a\0virtscope\0"sv);
}

TEST_CASE("xen store wire: messages come in pieces of any length") {
    const std::string all = message(MessageType::read, 1, "value") + message(MessageType::watch_event, 0, "/a\0t\0"sv) +
                            message(MessageType::read, 2, "") + message(MessageType::read, 3, std::string(payload_max, 'x'));
    for (const std::size_t step : {std::size_t{1}, std::size_t{3}, header_size, std::size_t{17}, all.size()}) {
        CAPTURE(step);
        MessageBuffer buffer;
        std::vector<std::string> bodies;
        for (std::size_t at = 0; at < all.size(); at += step) {
            give(buffer, std::string_view(all).substr(at, step));
            for (;;) {
                const auto next = buffer.next();
                REQUIRE(next);
                if (!*next) break;
                bodies.emplace_back((*next)->body);
            }
        }
        CHECK(bodies == std::vector<std::string>{"value", std::string("/a\0t\0"sv), "", std::string(payload_max, 'x')});
    }
}

TEST_CASE("xen store wire: there is always room, however long it goes on") {
    MessageBuffer buffer;
    const std::string one = message(MessageType::watch_event, 0, std::string(payload_max, 'x'));
    std::string left;
    std::size_t taken = 0;
    for (int i = 0; i < 1000; ++i) {
        left += one;
        const auto room = buffer.room();
        REQUIRE(!room.empty());
        const std::size_t count = std::min(room.size(), left.size());
        std::copy_n(left.begin(), count, room.begin());
        buffer.add(count);
        left.erase(0, count);
        for (auto next = buffer.next(); next && *next; next = buffer.next()) ++taken;
    }
    CHECK(taken == 1000);
}

TEST_CASE("xen store wire: a length that the protocol does not have") {
    for (const std::uint32_t length : {4097U, 65536U, 0xffffffffU}) {
        MessageBuffer buffer;
        std::string bytes = message(MessageType::read, 1, "");
        for (int i = 0; i < 4; ++i) bytes[12 + static_cast<std::size_t>(i)] = static_cast<char>(length >> 8 * i);
        give(buffer, bytes);
        const auto next = buffer.next();
        REQUIRE_FALSE(next);
        CHECK(next.error().message.starts_with("a message of " + std::to_string(length) + " bytes"));
    }
}

TEST_CASE("xen store wire: bodies") {
    CHECK(path_of_event("/a/b\0token\0"sv) == "/a/b");
    CHECK(path_of_event("/a/b\0token\0more\0"sv) == "/a/b");
    for (const auto body : {""sv, "/a/b"sv, "/a/b\0"sv, "/a/b\0token"sv}) CHECK_FALSE(path_of_event(body));
    CHECK(names_of("") == std::vector<std::string>{});
    CHECK(names_of("a\0b\0"sv) == std::vector<std::string>{"a", "b"});
    CHECK(names_of("a\0b"sv) == std::vector<std::string>{"a", "b"});
    CHECK(error_of("EQUOTA\0"sv) == "EQUOTA");
    CHECK(error_of("E\x1b[2J"sv).find('\x1b') == std::string::npos);
    CHECK(error_of(std::string(4096, 'x')).size() <= 35);
}

TEST_CASE("xen store wire: parts of a list") {
    const auto middle = directory_part_of("17\0a\0b\0"sv);
    REQUIRE(middle);
    CHECK(middle->generation == "17");
    CHECK(middle->names == "a\0b\0"sv);
    CHECK_FALSE(middle->is_last);
    const auto last = directory_part_of("17\0a\0b\0\0"sv);
    REQUIRE(last);
    CHECK(last->names == "a\0b\0"sv);
    CHECK(last->is_last);
    const auto nothing = directory_part_of("17\0\0"sv);
    REQUIRE(nothing);
    CHECK(nothing->names.empty());
    CHECK(nothing->is_last);
    CHECK_FALSE(directory_part_of("17"sv));
}
