// Bytes from the terminal become keys and clicks; whatever comes, nothing is waited for without end.
#include "top/terminal/input.h"

#include <random>

#include <doctest/doctest.h>

using namespace virtscope::top;
using namespace std::chrono_literals;

namespace {

using Kind = MouseEvent::Kind;

std::vector<InputEvent> events(std::string_view bytes, const KeyNames& names = {}) {
    Input input(names);
    Input::Time now{};
    input.feed(bytes, now);
    std::vector<InputEvent> out;
    while (input.due()) {
        while (const auto event = input.next(now)) out.push_back(*event);
        now += 1s;
    }
    return out;
}

Key key(std::string_view bytes, const KeyNames& names = {}) {
    const auto all = events(bytes, names);
    REQUIRE(all.size() == 1);
    REQUIRE(std::holds_alternative<Key>(all.front()));
    return std::get<Key>(all.front());
}

}  // namespace

TEST_CASE("characters are themselves") {
    CHECK(key("q") == Key{U'q'});
    CHECK(key("\r") == Key::enter);
    CHECK(key("\t") == Key::tab);
    CHECK(key("\x0c") == Key::redraw);
    CHECK(key("\x7f") == Key::backspace);
    CHECK(key("\b") == Key::backspace);
    CHECK(key("é") == Key{U'é'});
    CHECK(key("中") == Key{U'中'});
    CHECK(key("\xff") == Key::other);
    CHECK(key("\u202e") == Key::other);
    CHECK(key(std::string_view("\0", 1)) == Key::other);
}

TEST_CASE("keys of many terminals") {
    const std::pair<std::string_view, Key> sent[]{
        {"\33[A", Key::up},       {"\33OA", Key::up},         {"\33[B", Key::down},       {"\33OD", Key::left},
        {"\33[C", Key::right},    {"\33[H", Key::home},       {"\33OH", Key::home},       {"\33[1~", Key::home},
        {"\33[7~", Key::home},    {"\33[F", Key::end},        {"\33[4~", Key::end},       {"\33[8~", Key::end},
        {"\33[2~", Key::insert},  {"\33[3~", Key::del},       {"\33[5~", Key::page_up},   {"\33[6~", Key::page_down},
        {"\33[Z", Key::back_tab}, {"\33OP", Key::f1},         {"\33[11~", Key::f1},       {"\33OS", Key::f4},
        {"\33[15~", Key::f5},     {"\33[17~", Key::f6},       {"\33[20~", Key::f9},       {"\33[21~", Key::f10},
        {"\33[24~", Key::f12},    {"\33[1;5A", Key::ctrl_up}, {"\33Oc", Key::ctrl_right}, {"\33[1;5D", Key::ctrl_left},
        {"\33[1;2A", Key::up},    {"\33[1;3C", Key::right},   {"\33[3;5~", Key::del},     {"\33OM", Key::enter},
        {"\33[99~", Key::other},  {"\33[1;5x", Key::other},   {"\33[[A", Key::other}};
    for (const auto& [bytes, expected] : sent) {
        INFO(bytes.substr(1));
        CHECK(key(bytes) == expected);
    }
    CHECK(key("\33[[A", {{"\33[[A", Key::f1}}) == Key::f1);
    CHECK(key("\33[33~", {{"\33[33~", Key::f9}}) == Key::f9);
}

TEST_CASE("Escape is a key only if nothing follows soon, and a sequence may come in pieces") {
    Input input({});
    Input::Time now{};
    input.feed("\33", now);
    CHECK(!input.next(now));
    CHECK(input.due() == now + 25ms);
    CHECK(std::get<Key>(input.next(now + 25ms).value()) == Key::escape);
    CHECK(!input.due());
    for (const char c : std::string_view("\33[1;5")) {
        input.feed({&c, 1}, now += 10ms);
        CHECK(!input.next(now));
    }
    input.feed("C", now += 100ms);
    CHECK(std::get<Key>(input.next(now).value()) == Key::ctrl_right);
    input.feed("\33[1;", now);
    CHECK(!input.next(now + 399ms));
    CHECK(std::get<Key>(input.next(now + 400ms).value()) == Key::other);
    CHECK(!input.due());
    CHECK(events("\33q") == std::vector<InputEvent>{Key::escape, Key{U'q'}});
    input.feed("\xe4\xb8", now);
    CHECK(!input.next(now));
    input.feed("\xad", now);
    CHECK(std::get<Key>(input.next(now).value()) == Key{U'中'});
}

TEST_CASE("the mouse: presses, a double one, the wheel") {
    const auto one = [](std::string_view bytes) { return events(bytes); };
    const auto press = MouseEvent{.row = 4, .column = 9};
    CHECK(one("\33[<0;10;5M") == std::vector<InputEvent>{press});
    CHECK(one("\33[<4;10;5M") == std::vector<InputEvent>{press});
    CHECK(one("\33[<0;10;5m").empty());
    CHECK(one("\33[<2;10;5M").empty());
    CHECK(one("\33[<32;10;5M").empty());
    CHECK(one("\33[<66;10;5M").empty());
    CHECK(one("\33[<64;1;1M") == std::vector<InputEvent>{MouseEvent{0, 0, Kind::wheel_up}});
    CHECK(one("\33[<65;300;200M") == std::vector<InputEvent>{MouseEvent{199, 299, Kind::wheel_down}});
    CHECK(one("\33[<0;0;0M").empty());
    CHECK(one("\33[<0;10M").empty());
    CHECK(one("\33[<;;M").empty());
    CHECK(one("\33[<99999999999;1;1M").empty());
    CHECK(one("\33[M *%") == std::vector<InputEvent>{press});
    CHECK(one("\33[M`!!") == std::vector<InputEvent>{MouseEvent{0, 0, Kind::wheel_up}});
    CHECK(one("\33[<0;10;5M\33[<0;10;5m\33[<0;10;5M") ==
          std::vector<InputEvent>{press, MouseEvent{4, 9, Kind::double_press}});
    CHECK(one("\33[<0;10;5M\33[<0;11;5M") == std::vector<InputEvent>{press, MouseEvent{4, 10}});
    Input input({});
    Input::Time now{};
    input.feed("\33[<0;10;5M", now);
    CHECK(std::get<MouseEvent>(input.next(now).value()).kind == Kind::press);
    now += 500ms;
    input.feed("\33[<0;10;5M", now);
    CHECK(std::get<MouseEvent>(input.next(now).value()).kind == Kind::press);
    input.feed("\33[<0;10;5M\33[<0;10;5M", now);
    CHECK(std::get<MouseEvent>(input.next(now).value()).kind == Kind::double_press);
    CHECK(std::get<MouseEvent>(input.next(now).value()).kind == Kind::press);
}

TEST_CASE("whatever comes, in whatever pieces: it ends, and what follows is understood") {
    std::mt19937 random(11);
    constexpr std::string_view pieces[]{"\33", "[", "O", "<",    "0",    ";",    "5", "M",
                                        "m",   "~", "A", "\x9b", "\xe4", "\xff", "q"};
    for (int i = 0; i < 20'000; ++i) {
        Input input({{"\33[[A", Key::f1}});
        Input::Time now{};
        for (std::size_t piece = random() % 12; piece > 0; --piece) {
            input.feed(pieces[random() % std::size(pieces)], now);
            while (input.next(now)) continue;
            now += std::chrono::milliseconds(random() % 30);
        }
        now += 1s;
        while (input.next(now)) continue;
        REQUIRE(!input.due());
        input.feed("\33[A", now);
        REQUIRE(std::get<Key>(input.next(now).value()) == Key::up);
    }
    CHECK(events("\33[" + std::string(100'000, '1')).size() == 1);
}
