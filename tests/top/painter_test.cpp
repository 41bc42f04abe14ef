// What is written to the terminal shows exactly what was meant, from whatever was there, and nothing else.
#include "top/terminal/painter.h"

#include <random>

#include <doctest/doctest.h>
#include <uniwidth.h>

#include "builder.h"
#include "core/text.h"
#include "hostile.h"
#include "top/view/compose.h"
#include "vt.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

namespace {

Abilities xterm() {
    Abilities able;
    able.clear = "\33[H\33[2J";
    able.clear_to_end = "\33[K";
    able.normal = "\33[m";
    able.bold = "\33[1m";
    able.dim = "\33[2m";
    able.underline = "\33[4m";
    able.italic = "\33[3m";
    able.reverse = "\33[7m";
    able.colours = 256;
    able.clears_in_colour = true;
    able.steps = able.ansi_right = true;
    return able;
}

// A terminal with a painter before it.
struct Bench {
    Abilities able = xterm();
    Looks looks;
    Painter painter{able, looks};
    Size size;
    Vt vt;
    Grid shown{};
    std::size_t written = 0;

    explicit Bench(Size of, std::string_view theme = "default", Vt::Width width = {})
        : looks(*find_theme(theme), Depth::exact, able), size(of), vt(of.rows, of.columns, std::move(width)) {
        vt.take(painter.clear(size, shown));
    }
    void show(const Screen& screen) {
        const std::string bytes = painter.change(shown, grid_of(screen, size, looks, Alphabet::unicode));
        written = bytes.size();
        vt.take(bytes);
    }
    std::string trouble(const Screen& screen) const;
};

// Where the terminal does not show the screen; empty: it does.
std::string Bench::trouble(const Screen& screen) const {
    if (!vt.error().empty()) return vt.error();
    const Grid wanted = grid_of(screen, size, looks, Alphabet::unicode);
    for (std::size_t row = 0; row < size.rows; ++row) {
        for (std::size_t column = 0; column < size.columns; ++column) {
            const Cell& cell = wanted.row(row)[column];
            Vt one(1, 2);
            one.take(looks.bytes(cell.look) + "x");
            if (vt.cell(row, column) != VtCell{cell.character, one.cell(0, 0).look}) {
                return fmt::format("row {} column {}: U+{:04X}", row, column,
                                   static_cast<std::uint32_t>(cell.character));
            }
        }
    }
    return {};
}

Screen random_screen(std::mt19937& random, Size size) {
    static constexpr std::string_view alphabet[]{"a", "b", " ", " ", " ", "0", "é", "│", "█", "⣿", "中", "😀", "ш"};
    Screen screen;
    for (std::size_t row = random() % 3; row < size.rows; ++row) {
        Line line{.style = random() % 4 == 0 ? static_cast<Style>(random() % style_count) : Style::plain};
        const std::size_t length = random() % (size.columns + 4);
        for (std::size_t i = 0; i < length; ++i) line.text += alphabet[random() % std::size(alphabet)];
        if (random() % 2 == 0) {
            line.spans = {{random() % 10, random() % 10, static_cast<Style>(random() % style_count)},
                          {20, random() % 30, static_cast<Style>(random() % style_count)}};
        }
        screen.lines.push_back(std::move(line));
    }
    return screen;
}

// Like a host with one guest per hostile name, everything named like that.
Picture hostile_picture(std::size_t guests) {
    std::vector<GuestSpec> specs;
    specs.reserve(guests);
    for (std::size_t i = 0; i < guests; ++i) {
        specs.push_back({.name = hostile_name(i),
                         .id = static_cast<std::int64_t>(i),
                         .disks = {hostile_name(i + 1000)},
                         .nics = {hostile_name(i + 2000)},
                         .note = hostile_name(i + 3000)});
    }
    return Pair(specs).picture();
}

}  // namespace

TEST_CASE("from any screen to any other, in every theme") {
    std::mt19937 random(7);
    for (const std::string_view theme : theme_names()) {
        const Size size{1 + random() % 12, 1 + random() % 60};
        Bench bench(size, theme);
        for (int i = 0; i < 60; ++i) {
            const Screen screen = random_screen(random, size);
            bench.show(screen);
            REQUIRE(bench.trouble(screen) == "");
        }
    }
}

TEST_CASE("on a terminal that does not clear in colour, too") {
    std::mt19937 random(8);
    const Size size{8, 40};
    Bench bench(size, "nord");
    bench.able.clears_in_colour = bench.able.steps = bench.able.ansi_right = false;
    bench.looks = Looks(*find_theme("nord"), Depth::exact, bench.able);
    bench.vt.take(bench.painter.clear(size, bench.shown));
    for (int i = 0; i < 60; ++i) {
        const Screen screen = random_screen(random, size);
        bench.show(screen);
        REQUIRE(bench.trouble(screen) == "");
    }
}

TEST_CASE("what did not change is not written") {
    Bench bench({24, 80});
    Screen screen;
    for (int i = 0; i < 24; ++i) screen.lines.push_back({fmt::format("guest {:03} is there", i)});
    bench.show(screen);
    bench.show(screen);
    CHECK(bench.written == 0);
    screen.lines[3].text[8] = '7';
    bench.show(screen);
    CHECK(bench.written == std::string_view("\33[4;9H7").size());
    screen.lines[3].text[10] = 'I';
    screen.lines[3].text[12] = 'T';
    bench.show(screen);
    CHECK(bench.written <= std::string_view(" I T").size());
    CHECK(bench.trouble(screen) == "");
    screen.lines[5].text.clear();
    bench.show(screen);
    CHECK(bench.written == std::string_view("\33[6;1H\33[K").size());
}

TEST_CASE("a column of cells that change is written downwards") {
    Bench bench({24, 80});
    Screen screen;
    for (int i = 0; i < 24; ++i) screen.lines.push_back({fmt::format("{:60}0.{}", "guest", i % 10)});
    bench.show(screen);
    for (Line& line : screen.lines) line.text[60] = '1';
    bench.show(screen);
    CHECK(bench.trouble(screen) == "");
    CHECK(bench.written == std::string_view("\33[1;61H1").size() + 23 * std::string_view("\n\b1").size());
}

TEST_CASE("the last cell is left alone where writing it would scroll") {
    Bench bench({2, 4});
    bench.able.last_cell = false;
    bench.show({.lines = {{"aaaa"}, {"bbbb"}}});
    CHECK(bench.vt.line(0) == "aaaa");
    CHECK(bench.vt.line(1) == "bbb");
}

TEST_CASE("a terminal that takes characters for wider or narrower shows the columns where they belong") {
    const auto narrow = [](char32_t) { return 1; };
    const auto wide = [](char32_t c) { return c >= 0x300 && c < 0x2000 ? 2 : 1; };
    const Screen screen{.lines = {{"中文 | right"}, {"шл   | right"}, {"plain| right"}}};
    for (const auto& width : {Vt::Width(narrow), Vt::Width(wide)}) {
        Bench bench({3, 20}, "default", width);
        bench.show({.lines = {{"xxxxxxxxxxxxxxxx"}, {"xxxxxxxxxxxxxxxx"}, {"xxxxxxxxxxxxxxxx"}}});
        bench.show(screen);
        CHECK(bench.vt.error() == "");
        for (std::size_t row = 0; row < 3; ++row) CHECK(bench.vt.cell(row, 5).character == U'|');
    }
}

TEST_CASE("marks join their character where there is one for both, and are left out where there is none") {
    Bench bench({1, 20});
    bench.show({.lines = {{"e\u0301\u0301|Z\u0335|\u0301x"}}});
    CHECK(bench.vt.line(0) == "\u00e9|Z|x");
}

TEST_CASE("a wide character at the edge is left out, never torn") {
    Bench bench({1, 5});
    bench.show({.lines = {{"abcd中"}}});
    CHECK(bench.vt.line(0) == "abcd");
    CHECK(bench.vt.error() == "");
}

TEST_CASE("500 hostile names: nothing of them but characters that take columns, the columns where they belong") {
    const Picture picture = hostile_picture(500);
    Session session;
    session.guests.sort = SortKey::id;
    for (const Size size : {Size{505, 200}, Size{505, 80}, Size{505, 40}}) {
        Bench bench(size);
        Bench narrow(size, "default", [](char32_t) { return 1; });
        const Screen screen = compose(picture, session, size);
        REQUIRE(screen.lines.size() == 505);
        bench.show(screen);
        narrow.show(screen);
        CHECK(bench.vt.error() == "");
        CHECK(narrow.vt.error() == "");
        for (std::size_t row = 5; row < 505; ++row) {
            INFO("row " << row << ": " << bench.vt.line(row));
            CHECK(bench.vt.line(row).substr(0, 6) == fmt::format("{:5} ", row - 5));
            CHECK(narrow.vt.line(row).substr(0, 6) == fmt::format("{:5} ", row - 5));
            CHECK(display_width(bench.vt.line(row)) <= size.columns);
        }
    }
}

TEST_CASE("display_width() is what wcwidth() says of all but 73 characters, and of those the painter is not sure") {
    Vt in_utf8(1, 1);
    int differing = 0;
    for (char32_t c = 0x20; c < 0x110000; ++c) {
        if (c >= 0xd800 && c < 0xe000) continue;
        char bytes[8];
        std::mbstate_t state{};
        const std::size_t length = std::wcrtomb(bytes, static_cast<wchar_t>(c), &state);
        const std::string_view text(bytes, length);
        const Glyph glyph = glyph_at(text, 0);
        if (glyph.code == U'?') continue;
        REQUIRE(glyph.bytes == length);
        if (static_cast<int>(display_width(text)) == ::wcwidth(static_cast<wchar_t>(c))) continue;
        ++differing;
        CHECK(c >= 0x300);
    }
    CHECK(differing <= 73);
}
