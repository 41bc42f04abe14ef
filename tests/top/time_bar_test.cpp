// The bar of time as text, its marks and where a click leads.
#include "top/view/time_bar.h"

#include <doctest/doctest.h>

#include "core/text.h"
#include "tests/top/builder.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

namespace {

constexpr std::int64_t noon = 1'700'049'600 * second;  // 2023-11-15 12:00:00 UTC

TimeLine hour() {
    return {.oldest = noon,
            .newest = noon + 3600 * second,
            .shown = noon + 1800 * second,
            .marks = {{noon + 600 * second, EventKind::guest_started},
                      {noon + 610 * second, EventKind::monitor_lost},
                      {noon + 3000 * second, EventKind::guest_stopped}}};
}

std::string text(const TimeLine& line, const TimeBarLook& look, Marks marks = Marks::hidden) {
    return text_of(time_bar(line, look), marks);
}

}  // namespace

TEST_CASE("the bar of time: from oldest to newest, with what happened and the moment shown") {
    CHECK(text(hour(), {.width = 61, .is_history = true, .unicode = false}) ==
          "----------!-------------------#-------------------!----------\n"
          "12:00:00  3 events        12:30:00                   13:00:00\n");
    CHECK(text(hour(), {.width = 61, .is_history = true, .unicode = true}) ==
          "──────────┃───────────────────█───────────────────┃──────────\n"
          "12:00:00  3 events        12:30:00                   13:00:00\n");
    TimeLine live = hour();
    live.shown = live.newest;
    live.has_all_marks = false;
    CHECK(text(live, {.width = 40, .is_history = false, .unicode = false}) ==
          "-------!-------------------------!-----#\n"
          "12:00:00  more than 3 events    13:00:00\n");
}

TEST_CASE("the worst of what happened in one place is what is seen") {
    const Screen screen = time_bar(hour(), {.width = 61, .is_history = true, .unicode = false});
    std::vector<Span> marks;
    for (const Span& span : screen.lines.front().spans) {
        if (span.style != Style::dim) marks.push_back(span);
    }
    CHECK(marks == std::vector<Span>{{10, 1, Style::critical}, {30, 1, Style::warning}, {50, 1, Style::busy}});
}

TEST_CASE("labels give way, days are told where there are several, and any width will do") {
    TimeLine line = hour();
    line.shown = noon + 60 * second;
    CHECK(text(line, {.width = 30, .is_history = true, .unicode = false})
              .ends_with("\n12:01:00  3 events    13:00:00\n"));
    line.newest = noon + 40LL * 3600 * second;
    line.shown = noon + 20LL * 3600 * second;
    CHECK(text(line, {.width = 60, .is_history = true, .unicode = false})
              .ends_with("\n11-15 12:00  3 events    11-16 08:00             11-17 04:00\n"));
    for (std::size_t width = 1; width < 80; ++width) {
        for (const Line& each : time_bar(line, {.width = width, .is_history = true, .unicode = true}).lines) {
            CHECK(display_width(each.text) <= width);
        }
    }
    CHECK(time_bar(line, {}).lines.empty());
    // A ring of one frame, and one whose clock was set back.
    CHECK(text({.oldest = noon, .newest = noon, .shown = noon}, {.width = 10, .unicode = false})
              .starts_with("---------#\n"));
    line.newest = noon - second;
    CHECK(text(line, {.width = 10, .unicode = false}).starts_with("---------#\n"));
}

TEST_CASE("a click is a time, from end to end") {
    const Screen screen = time_bar(hour(), {.width = 61, .is_history = true, .unicode = true});
    REQUIRE(screen.spots.size() == 61);
    const auto at = [&](std::size_t spot) { return time_of(hour(), std::get<ClickTime>(screen.spots[spot].click)); };
    CHECK(at(0) == noon);
    CHECK(at(30) == noon + 1800 * second);
    CHECK(at(60) == noon + 3600 * second);
    CHECK(screen.spots[7].row == 0);
    CHECK(screen.spots[7].column == 7);
}
