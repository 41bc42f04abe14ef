// The bar: whose row it is on while the order of the guests changes.
#include <doctest/doctest.h>

#include "builder.h"
#include "top/compose/compose.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

namespace {

constexpr Size usual{12, 80};

// g1 to g20; the one that is busy comes first.
Picture busy(std::size_t guest) {
    std::vector<GuestSpec> guests;
    for (std::size_t i = 1; i <= 20; ++i)
        guests.push_back({.name = "g" + std::to_string(i), .id = static_cast<std::int64_t>(i)});
    Pair pair(guests);
    pair.now.set(guest - 1, GuestMetric::cpu_time, second);
    return pair.picture();
}

std::string under_bar(const Picture& picture, Session& session) {
    for (const Line& line : compose(scene_of(picture), session, usual).lines) {
        if (line.style == Style::selected) return line.text.substr(line.text.rfind(' ') + 1);
    }
    return {};
}

}  // namespace

TEST_CASE("until somebody moves it the bar is on the first place") {
    Session session;
    CHECK(under_bar(busy(4), session) == "g4");
    CHECK(under_bar(busy(9), session) == "g9");
}

TEST_CASE("a bar that was moved stays with its guest, and the window with the bar") {
    Session session;
    CHECK(under_bar(busy(4), session) == "g4");
    press(session, Key::down, 7);
    CHECK(under_bar(busy(4), session) == "g1");
    CHECK(under_bar(busy(1), session) == "g1");
    CHECK(session.of_list().selected == 0);
    press(session, Key::end, 7);
    CHECK(under_bar(busy(1), session) == "g20");
    CHECK(session.of_list().first == 13);
    CHECK(under_bar(busy(20), session) == "g20");
    CHECK(session.of_list().first == 0);
    CHECK(under_bar(busy(3), session) == "g20");
    press(session, Key{U'N'}, 7);
    CHECK(under_bar(busy(3), session) == "g20");
    press(session, Key::page_up, 7);
    CHECK(under_bar(busy(3), session) == "g13");
}

TEST_CASE("Home leads back to the first place, whoever comes there") {
    Session session;
    under_bar(busy(4), session);
    press(session, Key::down, 7);
    under_bar(busy(4), session);
    press(session, Key::home, 7);
    CHECK(under_bar(busy(4), session) == "g4");
    CHECK(under_bar(busy(9), session) == "g9");
}

TEST_CASE("a guest that is gone leaves the bar where it was") {
    Session session;
    under_bar(busy(1), session);
    press(session, Key::down, 7);
    CHECK(under_bar(busy(1), session) == "g2");
    const Pair others({{.name = "a", .id = 1}, {.name = "b", .id = 3}, {.name = "c", .id = 4}});
    CHECK(under_bar(others.picture(), session) == "b");
}

TEST_CASE("a place is what the order says, by any key") {
    const Scene scene = scene_of(many(50).picture());
    for (const ColumnSpec* column : columns_of(View::guests, true).columns) {
        List list(scene, {.sorting = {column}});
        const auto rows = list.rows(0, 50);
        REQUIRE(rows.size() == 50);
        for (std::size_t place = 0; place < rows.size(); ++place) REQUIRE(list.place_of(rows[place]) == place);
    }
}
