// Whole screens, as the terminal would show them.
#include "top/compose/compose.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "builder.h"
#include "core/text.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

namespace {

// What the original printed for 50 guests at work, cut to three: view-0.txt of its captures.
Pair three() {
    Pair pair({{.name = "g0005", .id = 5}, {.name = "g0049", .id = 49}, {.name = "g0006", .id = 6}});
    const std::uint64_t time[] = {740'000'000, 770'000'000, 730'000'000};
    const std::uint64_t busy[] = {6'000'000, 5'800'000, 5'600'000};
    for (std::size_t guest = 0; guest < 3; ++guest) {
        pair.before.set(guest, GuestMetric::cpu_time, time[guest] - busy[guest]);
        pair.now.set(guest, GuestMetric::cpu_time, time[guest]);
        pair.now.set(guest, GuestMetric::memory_max, 4 << 20);
    }
    return pair;
}

std::string shown(const Picture& picture, Session session, Size size) {
    return text_of(compose(scene_of(picture), session, size), Marks::shown);
}

Session at_place(std::size_t place) {
    Session session;
    session.of_list().selected = place;
    return session;
}

Screen batch_of(const Picture& picture, const ViewOptions& options = {}) {
    Session session;
    session.options = options;
    return compose_batch(scene_of(picture), session);
}

constexpr Size usual{12, 80};

}  // namespace

TEST_CASE("the guests view is virt-top's, with two columns more") {
    CHECK(shown(three().picture(), {}, usual) ==
          " virt-top 16:28:42 - x86_64 2/2CPU 2596MHz 9562MB\n"
          " 3 domains, 3 active, 3 running, 0 sleeping, 0 paused, 0 inactive D:0 O:0 X:0\n"
          " CPU: 0.9%  Mem: 12 MB (12 MB by guests)\n"
          " \n"
          "=   ID S RDRQ WRRQ RXBY TXBY %CPU %MEM    TIME   %STL  AGE NAME                 >\n"
          ">    5 R    0    0    0    0  0.3  0.0   0:00.74  0.0  0.3 g0005\n"
          "    49 R    0    0    0    0  0.3  0.0   0:00.77  0.0  0.3 g0049\n"
          "     6 R    0    0    0    0  0.3  0.0   0:00.73  0.0  0.3 g0006\n");
}

TEST_CASE("a guest that does not answer keeps what the kernel knows and is marked") {
    Pair pair({{.name = "hung", .id = 1, .note = "monitor: no answer"}, {.name = "well", .id = 2}});
    pair.now.set(0, GuestMetric::cpu_time, second);
    pair.now.table(Scope::Guest).row(0).quality = Quality::stale;
    pair.now.table(Scope::Disk).row(0).present = 0;
    pair.now.set(0, GuestMetric::monitor_age, 12 * second);
    pair.now.set(0, NicMetric::rx_bytes, 70'000);
    CHECK(shown(pair.picture(), at_place(1), usual) ==
          " virt-top 16:28:42 - x86_64 2/2CPU 2596MHz 9562MB\n"
          " 2 domains, 2 active, 2 running, 0 sleeping, 0 paused, 0 inactive D:0 O:0 X:0\n"
          " CPU: 50.0%  Mem: 32 MB (32 MB by guests)  Stale: 1\n"
          " \n"
          "=   ID S RDRQ WRRQ RXBY TXBY %CPU %MEM    TIME   %STL  AGE NAME                 >\n"
          "!    1 R!   -    -  68K    0 50.0  0.2   0:01.00  0.0   12 hung (stale)\n"
          ">    2 R    0    0    0    0  0.0  0.2   0:00.00  0.0  0.3 well\n");
    const std::string on_it = shown(pair.picture(), {}, usual);
    CHECK(on_it.find("\n hung: monitor: no answer\n") != std::string::npos);
    CHECK(on_it.find("\n#    1 R!") != std::string::npos);
}

TEST_CASE("what is not known is a dash, never a zero") {
    Pair pair({{.name = "bare", .id = 4}});
    for (Frame* frame : {&pair.before, &pair.now}) {
        for (Table& table : frame->tables) {
            for (std::size_t row = 0; row < table.rows(); ++row) table.row(row).present = 0;
        }
    }
    CHECK(shown(pair.picture(), {}, usual) ==
          " virt-top 16:28:42 - x86_64 -/-CPU -MHz -MB\n"
          " 1 domains, 1 active, 0 running, 0 sleeping, 0 paused, 0 inactive D:0 O:0 X:0 ?:1\n"
          " CPU: -  Mem: - MB (- MB by guests)\n"
          " \n"
          "=   ID S RDRQ WRRQ RXBY TXBY %CPU %MEM    TIME   %STL  AGE NAME                 >\n"
          ">    4 ?    -    -    -    -    -    -         -    -    - bare\n");
}

TEST_CASE("before the second frame there are no rates, but everything else") {
    const std::vector<GuestSpec> guests{{.name = "new", .id = 4}};
    const std::string screen = shown(first_picture(frame_of(guests, roster_of(guests), 0)), {}, usual);
    CHECK(screen.find("\n CPU: -  Mem: 16 MB") != std::string::npos);
    CHECK(screen.find("\n>    4 R    -    -    -    -    -  0.2   0:00.00    -  0.3 new\n") != std::string::npos);
}

TEST_CASE("guests that are off have no ID and stand in parentheses") {
    const Pair pair({{.name = "off", .id = 77, .state = GuestState::shut_off}});
    CHECK(shown(pair.picture(), {}, usual).find("\n>    - O ") != std::string::npos);
    CHECK(shown(pair.picture(), {}, usual).find(" (off)\n") != std::string::npos);
}

TEST_CASE("pressure of the host stands beside its memory where there is room") {
    Pair pair({{.name = "a"}});
    for (Frame* frame : {&pair.before, &pair.now}) {
        frame->set(0, HostMetric::psi_cpu_some, 0);
        frame->set(0, HostMetric::psi_memory_some, 0);
    }
    pair.now.set(0, HostMetric::psi_cpu_some, second / 4);
    CHECK(shown(pair.picture(), {}, usual).find("by guests)  Pressure: cpu 25.0% mem 0.0% io -\n") !=
          std::string::npos);
}

TEST_CASE("long IDs move the columns for all, so that they stay below each other") {
    const Pair pair({{.name = "process", .id = 4'194'303}, {.name = "domain", .id = 3}});
    const std::string screen = shown(pair.picture(), ordered_by("id"), usual);
    CHECK(screen.find("=     ID S RDRQ") != std::string::npos);
    CHECK(screen.find(">      3 R ") != std::string::npos);
    CHECK(screen.find(" 4194303 R ") != std::string::npos);
}

TEST_CASE("the window follows the bar") {
    const Picture picture = many(40).picture();
    Session session = ordered_by("id");
    session.of_list().selected = 39;
    const std::string end = text_of(compose(scene_of(picture), session, usual), Marks::shown);
    CHECK(end.find("g0033") == std::string::npos);
    CHECK(end.find("\n    34 R ") != std::string::npos);
    CHECK(end.find("\n>   40 R ") != std::string::npos);
    CHECK(session.of_list().first == 33);
}

TEST_CASE("a silent agent is said so") {
    Picture picture = three().picture();
    picture.notice = "agent silent for 12 s: this is what it saw last";
    picture.age = std::chrono::seconds(12);
    const std::string screen = shown(picture, {}, usual);
    CHECK(screen.find("\n*agent silent for 12 s: this is what it saw last\n") != std::string::npos);
    CHECK(screen.find("  0.0   12 g0005\n") != std::string::npos);
}

TEST_CASE("history says when it is, how long ago, and what happened") {
    Picture picture = three().picture();
    picture.is_history = true;
    picture.age = std::chrono::seconds(723);
    CHECK(shown(picture, {}, {12, 100}) ==
          "=virt-top 2023-11-15 16:28:42 history, 12 min 3 s ago - x86_64 2/2CPU 2596MHz 9562MB\n"
          " 3 domains, 3 active, 3 running, 0 sleeping, 0 paused, 0 inactive D:0 O:0 X:0\n"
          " CPU: 0.9%  Mem: 12 MB (12 MB by guests)\n"
          " no events in the 1 s before\n"
          " \n"
          "=   ID S RDRQ WRRQ RXBY TXBY %CPU %MEM    TIME   %STL  AGE VCPU  RSS NAME\n"
          ">    5 R    0    0    0    0  0.3  0.0   0:00.74  0.0  0.3    1    - g0005\n"
          "    49 R    0    0    0    0  0.3  0.0   0:00.77  0.0  0.3    1    - g0049\n"
          "     6 R    0    0    0    0  0.3  0.0   0:00.73  0.0  0.3    1    - g0006\n");
    CHECK(shown(picture, {}, usual).starts_with("=2023-11-15 16:28:42 history, 12 min 3 s ago - x86_64"));
    CHECK(text_of(batch_of(picture)).starts_with("virt-top 2023-11-15 16:28:42 history, "));
}

TEST_CASE("events of history: the latest first, whatever guests call themselves") {
    Picture picture = three().picture();
    picture.is_history = true;
    const std::int64_t now = picture.frame().realtime;
    picture.events = {
        {.realtime = now - second, .event = {EventKind::guest_stopped, {}, "web\x1b[2J\n01", "by\r\x1b]0;x"}}};
    CHECK(shown(picture, {}, usual).find("\n*1 event: 16:28:41 guest-stopped web?[2J?01 by??]0;x\n") !=
          std::string::npos);
    picture.events.push_back({.realtime = now, .event = {EventKind::ticks_skipped, {}, "", "7"}});
    CHECK(shown(picture, {}, usual).find("\n*2 events: 16:28:42 ticks-skipped 7; 16:28:41 guest-stopped web?") !=
          std::string::npos);
    picture.events.resize(1000, picture.events.back());
    CHECK(shown(picture, {}, usual).find("\n*1000 events: 16:28:42 ticks-skipped 7; ") != std::string::npos);
}

TEST_CASE("frames within a second are told apart") {
    Pair pair({{.name = "a"}}, second / 5);
    pair.now.set(0, AgentMetric::tick_interval, second / 5);
    Picture picture = pair.picture();
    picture.is_history = true;
    picture.age.reset();
    CHECK(shown(picture, {}, usual).starts_with("=virt-top 2023-11-15 16:28:41.200 history - x86_64"));
}

TEST_CASE("a question hides a notice, not the guests") {
    Picture picture = three().picture();
    picture.notice = "notice";
    Session session;
    session.prompt = Prompt{Question::delay, "0."};
    const std::string screen = shown(picture, session, usual);
    CHECK(screen.find("\n*Change delay from 3.0 to: 0._\n") != std::string::npos);
    CHECK(screen.find("notice") == std::string::npos);
    CHECK(screen.find("g0005") != std::string::npos);
}

TEST_CASE("help tells what is set") {
    Session session;
    show(session, View::help);
    const std::string screen = shown(three().picture(), session, {60, 80});
    CHECK(screen.find(" Delay: 3.0 secs; Sort: %CPU; ") != std::string::npos);
    CHECK(screen.find("Host: vm\n") != std::string::npos);
    CHECK(screen.find("Sort by %MEM") != std::string::npos);
    CHECK(screen.find(" { }      A minute back, on\n") != std::string::npos);
    CHECK(screen.ends_with(" Any other key returns.\n"));
}

TEST_CASE("hostile names stay within their place") {
    Pair pair({{.name = "a\"b|c\n\x1b[31m", .id = 1},
               {.name = "日本語の仮想計算機がここにあります", .id = 2},
               {.name = "e\xcc\x81"
                        "e\xcc\x81",
                .id = 3},
               {.name = std::string(255, 'x'), .id = 4},
               {.name = "\xff\xfe\xc2\x9b", .id = 5},
               {.name = "", .id = 6}});
    const std::string screen = shown(pair.picture(), ordered_by("id"), usual);
    CHECK(screen.find(" a\"b|c??[31m\n") != std::string::npos);
    CHECK(screen.find(" ???\n") != std::string::npos);
    CHECK(screen.find(" 0.3 日本語の仮想計算機が~\n") != std::string::npos);
    CHECK(screen.find(" 0.3 " + std::string(21, 'x') + "~\n") != std::string::npos);
    CHECK(screen.find(" 0.3 -\n") != std::string::npos);
    CHECK(screen.find('\x1b') == std::string::npos);
}

TEST_CASE("any size of terminal is kept to") {
    Pair pair = many(400);
    pair.now.table(Scope::Guest).row(7).quality = Quality::stale;
    Picture picture = pair.picture();
    picture.notice = "agent silent for 12 s: this is what it saw last";
    for (const View view : {View::guests, View::help}) {
        picture.is_history = !picture.is_history;
        for (std::size_t rows = 1; rows <= 100; rows += rows < 12 ? 1 : 22) {
            for (std::size_t columns = 1; columns <= 300; columns += columns < 60 ? 3 : 60) {
                Session session = at_place(399);
                session.view = view;
                const Screen screen = compose(scene_of(picture), session, {rows, columns});
                CAPTURE(rows);
                CAPTURE(columns);
                CHECK(screen.lines.size() <= rows);
                for (const Line& line : screen.lines) REQUIRE(display_width(line.text) <= columns);
            }
        }
    }
    Session session;
    picture.is_history = true;
    CHECK(compose(scene_of(picture), session, {100, 300}).lines.size() == 100);
    picture.is_history = false;
    CHECK(compose(scene_of(picture), session, {100, 300}).lines.size() == 100);
    CHECK(compose(scene_of(picture), session, {10, 40}).lines.size() == 10);
}

TEST_CASE("a host without guests has a screen, too") {
    const Pair pair{std::vector<GuestSpec>{}};
    CHECK(shown(pair.picture(), at_place(3), usual) ==
          " virt-top 16:28:42 - x86_64 2/2CPU 2596MHz 9562MB\n"
          " 0 domains, 0 active, 0 running, 0 sleeping, 0 paused, 0 inactive D:0 O:0 X:0\n"
          " CPU: 0.0%  Mem: 0 MB (0 MB by guests)\n"
          " \n"
          "=   ID S RDRQ WRRQ RXBY TXBY %CPU %MEM    TIME   %STL  AGE NAME                 >\n");
}

TEST_CASE("batch shows all guests, nothing cut") {
    Pair pair = many(300);
    const std::string text = text_of(batch_of(pair.picture(), {.block_bytes = true}));
    CHECK(text.find("\n   ID S RDBY WRBY RXBY TXBY %CPU %MEM    TIME   %STL  AGE VCPU  RSS NAME\n  300 R ") !=
          std::string::npos);
    CHECK(text.find("  0.0  0.3    1    - g0001\n") != std::string::npos);
    CHECK(std::count(text.begin(), text.end(), '\n') == 305);
}

TEST_CASE("a click means what the latest spot under it says") {
    Screen screen;
    screen.spots = {{.row = 2, .column = 0, .width = 80, .click = ClickRow{5}},
                    {.row = 2, .column = 10, .width = 4, .click = ClickColumn{3}},
                    {.row = 3, .column = 0, .width = 0, .click = Key::f1},
                    {.row = 4, .column = 7, .width = unlimited, .click = Key::f1}};
    CHECK(std::get<ClickRow>(click_at(screen, 2, 0).value()).place == 5);
    CHECK(std::get<ClickColumn>(click_at(screen, 2, 13).value()).column == 3);
    CHECK(std::holds_alternative<ClickRow>(click_at(screen, 2, 14).value()));
    CHECK(std::get<Key>(click_at(screen, 4, 5000).value()) == Key::f1);
    CHECK(!click_at(screen, 2, 80));
    CHECK(!click_at(screen, 3, 0));
    CHECK(!click_at(screen, 4, 6));
    CHECK(!click_at({}, 0, 0));
}
