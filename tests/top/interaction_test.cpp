// What keys and clicks do to a list, as seen on the screen.
#include <string>

#include <doctest/doctest.h>

#include "builder.h"
#include "top/compose/compose.h"
#include "top/session/commands.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

namespace {

constexpr Size usual{20, 100};

Scene zoo() {
    return scene_of(Pair({{.name = "web01", .id = 1, .disks = {"vda", "vdb"}},
                          {.name = "db01", .id = 2},
                          {.name = "web02", .id = 3, .state = GuestState::paused},
                          {.name = "cache", .id = 4, .state = GuestState::shut_off},
                          {.name = "web03", .id = 5}})
                        .picture());
}

// A user at a screen.
struct User {
    Scene scene = zoo();
    Session session = ordered_by("id");
    Screen screen{};

    User() { look(); }
    void look() { screen = compose(scene, session, usual); }
    void press_key(Key key) {
        press(session, key, page_of(scene, session, usual));
        look();
    }
    void type(std::string_view keys) {
        for (const char key : keys) press_key(Key{static_cast<char32_t>(key)});
    }
    std::string bar() const {
        for (const Line& line : screen.lines) {
            if (line.style == Style::selected) return line.text.substr(line.text.rfind(' ') + 1);
        }
        return {};
    }
    bool shows(std::string_view text) const { return text_of(screen).find(text) != std::string::npos; }
    std::string message() const { return screen.lines[3].text; }
    void click_on(std::string_view text, bool twice = false) {
        for (const Spot& spot : screen.spots) {
            const std::string& line = screen.lines[spot.row].text;
            const std::size_t at = line.find(text);
            if (at == std::string::npos || at < spot.column || at >= spot.column + spot.width) continue;
            click(session, spot.click, twice, 10);
            return look();
        }
        FAIL("nothing to click at ", text);
    }
};

}  // namespace

TEST_CASE("search goes to the first row that matches as it is typed, then on and back") {
    User user;
    user.type("/we");
    CHECK(user.message() == "Search: we_");
    CHECK(user.bar() == "web01");
    user.type("b02");
    CHECK(user.bar() == "web02");
    user.press_key(Key::enter);
    CHECK(user.message().empty());
    user.type("/web");
    user.press_key(Key::enter);
    CHECK(user.bar() == "web02");
    user.type("n");
    CHECK(user.bar() == "web03");
    user.type("n");
    CHECK(user.bar() == "web01");
    user.type("p");
    CHECK(user.bar() == "web03");
    user.type("/nothing");
    user.press_key(Key::enter);
    CHECK(user.message() == "no row with 'nothing' in its name");
    CHECK(user.bar() == "web03");
}

TEST_CASE("next before anything was searched for") {
    User user;
    user.type("n");
    CHECK(user.message() == "nothing was searched for: / asks");
}

TEST_CASE("a filter holds while it is typed, is told afterwards, and goes with Esc") {
    User user;
    user.type("\\web");
    CHECK_FALSE(user.shows("db01"));
    user.type(" state:p");
    user.press_key(Key::enter);
    CHECK(user.message() == "Filter: web state:p (1 rows; Esc: all)");
    CHECK(user.bar() == "web02");
    user.press_key(Key::escape);
    CHECK(user.shows("db01"));
}

TEST_CASE("a filter that cannot be meant is told when it is finished, and the one before stays") {
    User user;
    user.type("\\db");
    user.press_key(Key::enter);
    user.type("\\");
    user.press_key(Key::del);
    user.type("/[/");
    CHECK(user.message() == "Filter (text, /regex/, state:paused, !not): /[/_");
    user.press_key(Key::enter);
    CHECK(user.message() == "/[/: no regular expression");
}

TEST_CASE("any column to sort by, by letter, with arrows and from the column beside") {
    User user;
    user.type("F");
    CHECK(user.shows("  0 * Domain ID (key: N)"));
    user.press_key(Key::end);
    CHECK(user.shows("Domain name"));
    user.type("q");
    CHECK(user.bar() == "(cache)");
    user.type("R");
    user.press_key(Key::home);
    CHECK(user.bar() == "web03");
    user.type("N");
    CHECK(user.session.of_list().sorting.by->name == "id");
    user.type(">");
    CHECK(user.session.of_list().sorting.by->name == "state");
    user.type("<");
    CHECK(user.session.of_list().sorting.by->name == "id");
}

TEST_CASE("views, and back by the same key") {
    User user;
    user.type("3");
    CHECK(user.shows("DOMAIN       DEVICE"));
    CHECK(user.shows("vdb"));
    user.type("3");
    CHECK(user.shows("%MEM"));
    user.type("2");
    CHECK(user.shows("DOMAIN       INTERFACE"));
    user.type("4");
    CHECK(user.shows("DOMAIN       VCPU"));
    user.type("0");
    CHECK(user.shows("%MEM"));
}

TEST_CASE("tagged rows stand out, can be filtered and untagged") {
    User user;
    user.type("t");
    user.press_key(Key::down);
    user.type("t\\is:tagged");
    user.press_key(Key::enter);
    CHECK(user.shows("web01"));
    CHECK(user.shows("(2 rows; Esc: all)"));
    CHECK_FALSE(user.shows("db01"));
    user.type("U");
    CHECK(user.shows("(0 rows; Esc: all)"));
}

TEST_CASE("the base of %CPU is told, in the title too") {
    User user;
    user.type("C");
    CHECK(user.message() == "%1CP: 100 is one CPU of the host");
    CHECK(user.shows("%1CP"));
    user.type("C");
    CHECK(user.shows("%VCP"));
    user.type("C");
    CHECK(user.shows("%CPU"));
}

TEST_CASE("clicks: a row, a title, once more to reverse, a hint") {
    User user;
    user.click_on("web02");
    CHECK(user.bar() == "web02");
    user.click_on("NAME");
    CHECK(user.session.of_list().sorting.by->name == "name");
    CHECK_FALSE(user.session.of_list().sorting.inverted);
    user.click_on("NAME");
    CHECK(user.session.of_list().sorting.inverted);
    user.click_on("Help");
    CHECK(user.session.view == View::help);
}

TEST_CASE("secure: neither delay nor files") {
    User user;
    user.session.secure = true;
    user.type("d");
    CHECK_FALSE(user.session.prompt);
    CHECK(user.message() == "secure: the delay is not to be changed");
    user.type("W");
    CHECK_FALSE(user.session.write_settings);
}

TEST_CASE("what is typed may be UTF-8, and is taken back character by character") {
    User user;
    user.type("/");
    user.press_key(Key{U'日'});
    user.press_key(Key{U'é'});
    CHECK(user.message() == "Search: 日é_");
    user.press_key(Key::backspace);
    CHECK(user.session.prompt->typed == "日");
    user.press_key(Key::escape);
    CHECK_FALSE(user.session.prompt);
}

TEST_CASE("no two commands have the same key, and all are told") {
    for (const Command& command : commands()) {
        for (const Key key : command.keys) {
            if (key != Key::other) CHECK(command_of(key) == &command);
        }
        CHECK((command.shown.empty() || !command.about.empty()));
    }
}
