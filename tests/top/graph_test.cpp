// Graphs as text: dots, characters, gaps, axes.
#include "top/view/graph.h"

#include <limits>

#include <doctest/doctest.h>

#include "core/text.h"
#include "tests/top/builder.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

namespace {

using Steps = std::vector<std::optional<double>>;
using Rows = std::vector<std::string>;
constexpr auto none = std::nullopt;

Curve curve(Steps values) {
    Curve curve{.values = std::move(values), .highest = 90, .newest = 12.5};
    return curve;
}

std::string text(const std::vector<Line>& lines) { return text_of({.lines = lines, .spots = {}}); }

}  // namespace

TEST_CASE("braille: two values a cell, four dots a row; a zero has a dot, a gap has none") {
    CHECK(plot(Steps{0, 0, none, 0, 25, 50, 75, 100}, 100, {1, 4}, true) == Rows{"⣀⢀⣠⣾"});
    CHECK(plot(Steps{0, 0, none, 0, 25, 50, 75, 100}, 100, {2, 4}, true) == Rows{"   ⣼", "⣀⢀⣼⣿"});
    CHECK(plot(Steps{none, none}, 100, {2, 1}, true) == Rows{" ", " "});
    CHECK(plot(Steps{}, 100, {2, 3}, true) == Rows{"   ", "   "});
    // Above the top is the top; what is no number is a gap.
    CHECK(plot(Steps{200, std::numeric_limits<double>::quiet_NaN()}, 100, {1, 1}, true) == Rows{"⡇"});
}

TEST_CASE("ASCII: a value a cell, three steps a row") {
    CHECK(plot(Steps{0, none, 10, 33, 66, 100}, 100, {1, 6}, false) == Rows{"_ _.:#"});
    CHECK(plot(Steps{0, none, 50, 67, 100}, 100, {2, 5}, false) == Rows{"   .#", "_ ###"});
    // Too many values are averaged, too few repeated; a gap does not pull the mean down.
    CHECK(plot(Steps{100, none, 0, 0}, 100, {1, 2}, false) == Rows{"#_"});
    CHECK(plot(Steps{100, 0}, 100, {1, 4}, false) == Rows{"##__"});
}

TEST_CASE("a line of blocks or characters") {
    CHECK(sparkline(Steps{0, none, 50, 100}, 100, 4, true) == "▁ ▅█");
    CHECK(sparkline(Steps{0, none, 50, 100}, 100, 4, false) == "_ =#");
    CHECK(sparkline({}, 100, 3, true) == "   ");
    CHECK(sparkline(Steps{5}, 0, 2, false) == "__");
}

TEST_CASE("a graph says what it is of, its newest and highest value, and what its axis reaches to") {
    const Curve some = curve({0, 10, 20, 40, none, none, 45, 12.5});
    const Subtitle about{.title = "CPU of the host", .unit = Measure::percent, .busy = 30.0, .critical = 44.0};
    const auto lines = graph(some, about, {4, 19}, false);
    CHECK(text(lines) ==
          "CPU of the host 12~\n"
          "     50.0%|   .  :\n"
          "          |  .#  #\n"
          "         0|_:##  #:\n");
    CHECK(lines.size() == 4);
    CHECK(text(graph(some, about, {4, 40}, false)).starts_with("CPU of the host 12.5%          max 90.0%\n"));
    CHECK(text(graph(some, about, {3, 19}, true)) ==
          "CPU of the host 12~\n"
          "     50.0%▏   ⣤  ⣶\n"
          "         0▏⣀⣤⣶⣿  ⣿⣤\n");
    // Too high values have their style, in runs.
    CHECK(lines[1].spans == std::vector<Span>{{0, 11, Style::dim}, {14, 1, Style::busy}, {17, 1, Style::critical}});
    CHECK(lines.front().spans.front() == Span{0, 15, Style::label});
    // No room for dots.
    CHECK(graph(some, about, {1, 40}, true).size() == 1);
    CHECK(graph(some, about, {5, 11}, true).size() == 1);
    for (std::size_t width = 1; width < 60; ++width) {
        for (const Line& line : graph(some, about, {4, width}, true)) CHECK(display_width(line.text) <= width);
    }
}

TEST_CASE("units and round numbers above them") {
    CHECK(with_unit(12.34, Measure::percent) == "12.3%");
    CHECK(with_unit(250, Measure::percent) == "250%");
    CHECK(with_unit(0, Measure::bytes_a_second) == "0 B/s");
    CHECK(with_unit(1536, Measure::bytes_a_second) == "1.5 KiB/s");
    CHECK(with_unit(1023.9 * 1024, Measure::bytes) == "1.0 MiB");
    CHECK(with_unit(1'234, Measure::a_second) == "1.2k/s");
    CHECK(with_unit(0.00042, Measure::seconds) == "0.42 ms");
    CHECK(with_unit(none, Measure::seconds) == "-");
    CHECK(brief_bytes(150.0 * 1024 * 1024) == "150M");
    CHECK(brief_bytes(512) == "512");
    CHECK(brief_count(0.25) == "0.25");
    CHECK(brief_ms(1.5) == "1500");
    CHECK(round_above(0, Measure::percent) == 10);
    CHECK(round_above(3, Measure::percent) == 10);
    CHECK(round_above(42, Measure::percent) == 50);
    CHECK(round_above(170, Measure::percent) == 200);
    CHECK(round_above(3.0 * 1024 * 1024, Measure::bytes) == 5.0 * 1024 * 1024);
    CHECK(round_above(700.0 * 1024, Measure::bytes_a_second) == 1024.0 * 1024);
    CHECK(round_above(0.0003, Measure::seconds) == doctest::Approx(0.0005));
}

TEST_CASE("the line below graphs") {
    CHECK(span_line(1'700'049'300 * second, 1'700'049'600 * second, 50).text ==
          "           5 min before                   12:00:00");
    CHECK(span_line(1'700'049'300 * second, 1'700'049'600 * second, 24).text == "           5 min before");
}
