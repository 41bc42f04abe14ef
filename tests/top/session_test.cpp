#include "top/session/session.h"

#include <string_view>

#include <doctest/doctest.h>

using namespace virtscope::top;

namespace {

constexpr std::size_t page = 10;
constexpr std::size_t total = 25;

void type(Session& session, std::string_view keys) {
    for (const char key : keys) press(session, Key{static_cast<char32_t>(key)}, page);
}

Session after(std::initializer_list<Key> keys) {
    Session session;
    for (const Key key : keys) {
        press(session, key, page);
        settle(session.of_list(), total, page);
    }
    return session;
}

}  // namespace

TEST_CASE("sort keys, and bytes or requests") {
    Session session;
    CHECK(session.of_list().sorting.by->name == "cpu");
    type(session, "M");
    CHECK(session.of_list().sorting.by->name == "mem");
    type(session, "T");
    CHECK(session.of_list().sorting.by->name == "time");
    type(session, "N");
    CHECK(session.of_list().sorting.by->name == "id");
    type(session, "P");
    CHECK(session.of_list().sorting.by->name == "cpu");
    type(session, "B");
    CHECK(session.options.block_bytes);
    type(session, "B");
    CHECK_FALSE(session.options.block_bytes);
}

TEST_CASE("the bar moves within the window, the window within the guests") {
    CHECK(after({Key::up}).of_list().selected == 0);
    CHECK(after({Key::down, Key::down}).of_list().selected == 2);
    CHECK(after({Key::down, Key::down}).of_list().first == 0);
    const Session down_a_page = after({Key::page_down});
    CHECK(down_a_page.of_list().selected == 10);
    CHECK(down_a_page.of_list().first == 10);
    const Session end = after({Key::end});
    CHECK(end.of_list().selected == 24);
    CHECK(end.of_list().first == 15);
    CHECK(after({Key::page_down, Key::page_down, Key::page_down, Key::page_down}).of_list().selected == 24);
    CHECK(after({Key::end, Key::page_up}).of_list().first == 5);
    CHECK(after({Key::end, Key::home}).of_list().first == 0);
    CHECK(after({Key::end, Key::home}).of_list().selected == 0);
}

TEST_CASE("guests and rows may go away under the bar") {
    Session session = after({Key::end});
    settle(session.of_list(), 3, page);
    CHECK(session.of_list().selected == 2);
    CHECK(session.of_list().first == 0);
    settle(session.of_list(), 0, page);
    CHECK(session.of_list().selected == 0);
    session = after({Key::end});
    settle(session.of_list(), total, 0);  // a terminal of one line
    CHECK(session.of_list().first == session.of_list().selected);
}

TEST_CASE("the delay is asked for and checked") {
    Session session;
    type(session, "d");
    REQUIRE(session.prompt);
    type(session, "0.5q");
    press(session, Key::backspace, page);
    CHECK(session.prompt->typed == "0.5");
    press(session, Key::enter, page);
    CHECK(session.delay == std::chrono::milliseconds(500));
    CHECK(session.refresh);
    CHECK_FALSE(session.quit);

    type(session, "s-3");
    press(session, Key::enter, page);
    CHECK(session.delay == std::chrono::milliseconds(500));
    CHECK(session.message == "'-3': must be seconds, more than 0 and at most 1000000, such as 3 or 0.5");
    type(session, "P");
    CHECK(session.message.empty());

    type(session, "d7");
    press(session, Key::escape, page);
    CHECK_FALSE(session.prompt);
    CHECK(session.delay == std::chrono::milliseconds(500));
    type(session, "d");
    press(session, Key::enter, page);
    CHECK(session.delay == std::chrono::milliseconds(500));
    CHECK(session.message.empty());
}

TEST_CASE("help goes with any key, which does nothing else") {
    Session session;
    type(session, "h");
    CHECK(session.view == View::help);
    type(session, "q");
    CHECK(session.view == View::guests);
    CHECK_FALSE(session.quit);
    type(session, "q");
    CHECK(session.quit);
}

TEST_CASE("keys through time; End leads out of the past, and in the present to the last guest") {
    Session session;
    const std::pair<const char*, Move> keys[] = {
        {"[", Move::back}, {"]", Move::forward}, {"{", Move::minute_back}, {"}", Move::minute_forward}};
    for (const auto& [key, move] : keys) {
        session.move.reset();
        type(session, key);
        CHECK(session.move == move);
    }
    session = after({Key::end});
    CHECK(session.of_list().selected == total - 1);
    CHECK_FALSE(session.move);

    session = after({Key::down});
    session.in_history = true;
    press(session, Key::end, page);
    CHECK(session.move == Move::newest);
    CHECK(session.of_list().selected == 1);
    press(session, Key::home, page);
    CHECK(session.of_list().selected == 0);
}

TEST_CASE("a question and the help take keys before time does") {
    Session session;
    session.in_history = true;
    type(session, "d[");
    press(session, Key::end, page);
    CHECK_FALSE(session.move);
    press(session, Key::escape, page);
    type(session, "h{");
    CHECK_FALSE(session.move);
    CHECK(session.view == View::guests);
}

TEST_CASE("space and ^L look again; keys that mean nothing do nothing") {
    Session session;
    type(session, " ");
    CHECK(session.refresh);
    session.refresh = false;
    press(session, Key::redraw, page);
    CHECK(session.refresh);
    session.refresh = false;
    press(session, Key::other, page);
    press(session, Key::escape, page);
    press(session, Key{0x1f600}, page);
    CHECK_FALSE(session.refresh);
    CHECK_FALSE(session.quit);
}
