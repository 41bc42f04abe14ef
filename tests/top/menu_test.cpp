#include "top/orders/menu.h"

#include <algorithm>
#include <string_view>

#include <doctest/doctest.h>

#include "builder.h"
#include "core/text.h"
#include "top/compose/compose.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

namespace {

constexpr Size usual{24, 80};

Menu menu_in(GuestState state, std::string name = "web01") {
    return menu_of({Uuid::derived("test", name, 0), std::move(name), 7, state});
}

std::string text(const Menu& menu, Size size) { return text_of({menu_lines(menu, size)}, Marks::shown); }

std::string shown(const Picture& picture, Session& session, Size size = usual) {
    return text_of(compose(scene_of(picture), session, size), Marks::shown);
}

void type(Session& session, std::string_view keys) {
    for (const char key : keys) press(session, Key{static_cast<char32_t>(key)}, 10);
}

bool holds(const std::string& in, std::string_view part) { return in.find(part) != std::string::npos; }

Pair three() {
    Pair pair({{.name = "g1", .id = 1}, {.name = "g2", .id = 2, .state = GuestState::paused}, {.name = "g3", .id = 3}});
    for (std::size_t guest = 0; guest < 3; ++guest) {
        pair.now.set(guest, GuestMetric::cpu_time, (3 - guest) * second / 10);
    }
    return pair;
}

}  // namespace

TEST_CASE("a menu holds what makes sense in the guest's state, and never nothing") {
    using enum Verb;
    CHECK(orders_for(GuestState::running) == std::vector{shutdown, reboot, suspend, reset, destroy, eject});
    CHECK(orders_for(GuestState::paused) == std::vector{resume, reset, destroy, eject});
    CHECK(orders_for(GuestState::shut_off) == std::vector{start});
    for (std::size_t i = 0; i < guest_state_count; ++i) {
        const auto state = static_cast<GuestState>(i);
        CHECK_FALSE(orders_for(state).empty());
        CHECK(std::ranges::count(orders_for(state), destroy) == (state == GuestState::shut_off ? 0 : 1));
    }
}

TEST_CASE("a menu has nothing that the guest's driver would refuse") {
    using enum Verb;
    Subject guest{Uuid::derived("test", "web01", 0), "web01", 7, GuestState::blocked, 0, "xen", "xen-pv", 1};
    CHECK(menu_of(guest).verbs == std::vector{shutdown, reboot, suspend, destroy});
    guest.machine = "xen-hvm";
    CHECK(menu_of(guest).verbs == std::vector{shutdown, reboot, suspend, destroy, eject});
    guest.state = GuestState::crashed;
    CHECK(menu_of(guest).verbs == std::vector{destroy});
    guest.driver = "libvirt";
    CHECK(menu_of(guest).verbs == std::vector{reset, destroy});
}

TEST_CASE("Domain-0 is the host itself and has no menu") {
    Pair pair({{.name = "Domain-0", .id = 0}});
    auto roster = std::make_shared<Roster>(*pair.now.roster);
    roster->guests[0].driver = "xen";
    pair.before.roster = pair.now.roster = roster;
    const Picture picture = pair.picture();
    Session session;
    shown(picture, session);
    type(session, "m");
    CHECK_FALSE(session.menu);
    CHECK(session.message == "Domain-0 takes none of these orders");
}

TEST_CASE("the screen with a menu: guests go on above it") {
    const Picture picture = three().picture();
    Session session = ordered_by("id");
    shown(picture, session);
    press(session, Key::down, 10);
    shown(picture, session);
    type(session, "m");
    CHECK(shown(picture, session) ==
          " virt-top 16:28:42 - x86_64 2/2CPU 2596MHz 9562MB\n"
          " 3 domains, 3 active, 2 running, 0 sleeping, 1 paused, 0 inactive D:0 O:0 X:0\n"
          " CPU: 30.0%  Mem: 48 MB (48 MB by guests)\n"
          " \n"
          "=   ID S RDRQ WRRQ RXBY TXBY %CPU %MEM    TIME   %STL  AGE NAME                 >\n"
          "     1 R    0    0    0    0 15.0  0.2   0:00.30  0.0  0.3 g1\n"
          ">    2 P    0    0    0    0 10.0  0.2   0:00.20  0.0  0.3 g2\n"
          "     3 R    0    0    0    0  5.0  0.2   0:00.10  0.0  0.3 g3\n"
          "=Orders to g2 (uuid " +
              Uuid::derived("test", "g2", 0).text() +
              "): paused\n"
              ">  resume    lets its vCPUs run on\n"
              "   reset     restarts it as by the button\n"
              "   destroy   ends it now, as by the power cord\n"
              "   eject     takes the image out of its CD-ROM\n"
              "  Up Down: which; Enter: give the order; Esc: leave\n");
}

TEST_CASE("an order is given at once, a destructive one after a yes") {
    Menu menu = menu_in(GuestState::running);
    press(menu, Key::down);
    press(menu, Key::down);
    const MenuStep suspend = press(menu, Key::enter);
    CHECK(suspend.closes);
    REQUIRE(suspend.order);
    CHECK(suspend.order->verb == Verb::suspend);
    CHECK(suspend.order->guest.name == "web01");

    press(menu, Key::end);
    press(menu, Key::up);
    CHECK_FALSE(press(menu, Key::enter).order);
    CHECK(menu.asks);
    CHECK(holds(text(menu, usual), "\n*destroy web01 (uuid " + menu.guest.uuid.text() + ")? y/N\n"));
    for (const Key no : {Key::enter, Key{U'n'}, Key::escape, Key::other, Key::down}) {
        const MenuStep step = press(menu, no);
        CHECK_FALSE(step.order);
        CHECK_FALSE(step.closes);
        CHECK(step.message == "destroy: not done");
        CHECK_FALSE(menu.asks);
        press(menu, Key::enter);
    }
    const MenuStep yes = press(menu, Key{U'y'});
    REQUIRE(yes.order);
    CHECK(yes.order->verb == Verb::destroy);
    CHECK(yes.closes);
}

TEST_CASE("a menu is left by Escape, q and m, which do nothing else; keys of the screen do nothing in it") {
    const Picture picture = three().picture();
    Session session = ordered_by("id");
    for (const Key leave : {Key::escape, Key{U'q'}, Key{U'm'}}) {
        shown(picture, session);
        type(session, "m");
        REQUIRE(session.menu);
        type(session, "hdP[ ");
        CHECK(session.menu);
        press(session, leave, 10);
        CHECK_FALSE(session.menu);
    }
    CHECK_FALSE(session.quit);
    CHECK_FALSE(session.order);
    CHECK_FALSE(session.move);
    CHECK(session.of_list().sorting.by->name == "id");
    CHECK(session.view == View::guests);
}

TEST_CASE("where there are no orders the key says why") {
    const Picture picture = three().picture();
    Session session;
    session.no_orders = "no orders: a recording is of the past";
    shown(picture, session);
    type(session, "m");
    CHECK_FALSE(session.menu);
    CHECK(holds(shown(picture, session), "\n*no orders: a recording is of the past\n"));

    session = {};
    shown(Pair(std::vector<GuestSpec>{}).picture(), session);
    type(session, "m");
    CHECK_FALSE(session.menu);
    CHECK(session.message == "no guest that could be given an order");
}

TEST_CASE("a menu stays with its guest and its orders, whatever the guests do") {
    Session session = ordered_by("id");
    Pair pair = three();
    shown(pair.picture(), session);
    type(session, "m");
    pair.now.set(0, GuestMetric::state, static_cast<std::uint64_t>(GuestState::shut_off));
    shown(pair.picture(), session);
    shown(Pair(std::vector<GuestSpec>{}).picture(), session);
    REQUIRE(session.menu);
    CHECK(session.menu->guest.name == "g1");
    CHECK(session.menu->verbs == orders_for(GuestState::running));
    press(session, Key::enter, 10);
    REQUIRE(session.order);
    CHECK(session.order->guest.generation == 1);
}

TEST_CASE("the status of an order gives way to a question and goes with the next key") {
    const Picture picture = three().picture();
    Session session;
    session.status = "web01: paused after 0.9s";
    CHECK(holds(shown(picture, session), "\n*web01: paused after 0.9s\n"));
    session.message = "what matters now";
    CHECK_FALSE(holds(shown(picture, session), "paused after"));
    type(session, "P");
    CHECK(session.status.empty());
}

TEST_CASE("hostile and long names stay within their place; the UUID is always to be seen") {
    for (const std::string& name : {std::string("a\x1b[2J\nb"), std::string(255, 'x'),
                                    std::string("日本語の仮想計算機がここにあります"), std::string()}) {
        Menu menu = menu_in(GuestState::running, name);
        for (const bool asks : {false, true}) {
            menu.at = 4;
            menu.asks = asks;
            const std::string screen = text(menu, usual);
            CAPTURE(screen);
            CHECK_FALSE(holds(screen, "\x1b"));
            CHECK(holds(screen, menu.guest.uuid.text()));
            CHECK(holds(screen, "): running\n"));
            CHECK(holds(screen, ")? y/N\n") == asks);
        }
    }
}

TEST_CASE("on any size of terminal the chosen order or the question stays") {
    const Picture picture = many(40).picture();
    for (std::size_t rows = 1; rows <= 30; ++rows) {
        for (std::size_t columns = 1; columns <= 120; columns += 17) {
            Session session;
            session.menu = menu_in(GuestState::running);
            session.menu->at = 4;
            for (const bool asks : {false, true}) {
                session.menu->asks = asks;
                const Screen screen = compose(scene_of(picture), session, {rows, columns});
                CAPTURE(rows);
                CAPTURE(columns);
                CHECK(screen.lines.size() <= rows);
                CHECK(std::ranges::any_of(screen.lines, [&](const Line& line) {
                    REQUIRE(display_width(line.text) <= columns);
                    return asks ? line.style == Style::warning : line.text.starts_with(clip("  destroy", columns));
                }));
            }
        }
    }
}
