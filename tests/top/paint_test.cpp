// What of a screen reaches the terminal: characters that take columns, in the columns where they belong.
#include "top/terminal/paint.h"

#include <clocale>

#include <doctest/doctest.h>

#include "builder.h"
#include "core/text.h"
#include "hostile.h"
#include "top/compose/compose.h"
#include "top/terminal/display.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

namespace {

// A terminal of ncurses', in memory.
struct Bench {
    Size size;
    Entry entry;
    Display display;
    Pens pens;

    explicit Bench(Size of, std::string_view theme = "default", Depth depth = Depth::many)
        : size(of), entry(described(depth)), display(opened(entry)), pens(*find_theme(theme), depth) {
        display.resize(size);
    }
    static Entry described(Depth depth) {
        std::setlocale(LC_CTYPE, "C.UTF-8");
        auto able = abilities_of("xterm-256color", true);
        REQUIRE(able.has_value());
        return {*able, depth};
    }
    static Display opened(const Entry& entry) {
        auto display = Display::open(entry);
        REQUIRE(display.has_value());
        return std::move(*display);
    }
    std::string show(const Screen& screen, Alphabet alphabet = Alphabet::unicode) {
        paint(screen, size, pens, alphabet);
        return display.update();
    }
};

struct Shown {
    std::wstring text{};
    attr_t attributes = 0;
    short pair = 0;
};

Shown cell(std::size_t row, std::size_t column) {
    cchar_t raw{};
    ::mvin_wch(static_cast<int>(row), static_cast<int>(column), &raw);
    wchar_t text[CCHARW_MAX + 1] = {};
    Shown shown;
    ::getcchar(&raw, text, &shown.attributes, &shown.pair, nullptr);
    shown.text = text;
    return shown;
}

std::wstring line(std::size_t row, std::size_t columns) {
    std::wstring out;
    for (std::size_t column = 0; column < columns; ++column) {
        const std::wstring text = cell(row, column).text;
        out += text;
        if (!text.empty() && ::wcwidth(text[0]) == 2) ++column;
    }
    out.erase(out.find_last_not_of(L' ') + 1);
    return out;
}

std::wstring number_and_blank(std::size_t number) {
    const std::string text = fmt::format("{:5} ", number);
    return {text.begin(), text.end()};
}

}  // namespace

TEST_CASE("what did not change is not written") {
    Bench bench({24, 80});
    Screen screen;
    for (int i = 0; i < 24; ++i) screen.lines.push_back({fmt::format("guest {:03} is there", i)});
    bench.show(screen);
    CHECK(bench.show(screen).empty());
    screen.lines[3].text[8] = '7';
    CHECK(bench.show(screen).size() <= std::string_view("\33[4;9H7").size());
    bench.display.forget();
    CHECK(bench.show(screen).size() > 24 * 18);
}

TEST_CASE("a bar reaches over the whole line, other styles over their text, spans over their columns") {
    Bench bench({3, 20});
    bench.show(
        {.lines = {
             {"bar", Style::selected}, {"warn", Style::warning}, {"a b", Style::plain, {{2, 4, Style::critical}}}}});
    const auto pair = [&](Style line, Style part) { return bench.pens.pen(line, part).pair; };
    CHECK(cell(0, 0).pair == pair(Style::selected, Style::selected));
    CHECK(cell(0, 19).pair == pair(Style::selected, Style::selected));
    CHECK(cell(1, 3).pair == pair(Style::warning, Style::warning));
    CHECK((cell(1, 3).attributes & A_BOLD) != 0);
    CHECK(cell(1, 4).pair == 0);
    CHECK(cell(2, 1).pair == 0);
    CHECK(cell(2, 5).pair == pair(Style::plain, Style::critical));
    CHECK(cell(2, 6).pair == 0);
}

TEST_CASE("a theme with a background fills the screen with it, and without colours there are attributes alone") {
    {
        Bench bench({2, 10}, "nord");
        bench.show({.lines = {{"x"}}});
        CHECK(cell(0, 5).pair == bench.pens.pen(Style::plain, Style::plain).pair);
        CHECK(cell(1, 9).pair != 0);
    }
    Bench bench({2, 10}, "nord", Depth::mono);
    bench.show({.lines = {{"x", Style::selected}}});
    CHECK(cell(0, 9).pair == 0);
    CHECK((cell(0, 9).attributes & A_REVERSE) != 0);
}

TEST_CASE("marks join their character where there is one for both, and are left out where there is none") {
    Bench bench({1, 20});
    bench.show({.lines = {{"e\u0301\u0301|Z\u0335|\u0301x"}}});
    CHECK(line(0, 20) == L"\u00e9|Z|x");
}

TEST_CASE("a wide character at the edge is left out, never torn") {
    Bench bench({1, 5});
    bench.show({.lines = {{"abc中"}}});
    CHECK(line(0, 5) == L"abc中");
    bench.show({.lines = {{"abcd中"}}});
    CHECK(line(0, 5) == L"abcd");
    bench.show({.lines = {{"中中|"}}}, Alphabet::ascii);
    CHECK(line(0, 5) == L"? ? |");
}

TEST_CASE("500 hostile names: nothing of them but characters that take columns, the columns where they belong") {
    std::vector<GuestSpec> specs;
    specs.reserve(500);
    for (std::size_t i = 0; i < 500; ++i) {
        specs.push_back({.name = hostile_name(i),
                         .id = static_cast<std::int64_t>(i),
                         .disks = {hostile_name(i + 1000)},
                         .nics = {hostile_name(i + 2000)},
                         .note = hostile_name(i + 3000)});
    }
    const Scene scene = scene_of(Pair(specs).picture());
    Session session = ordered_by("id");
    session.hints = false;
    for (const std::size_t columns : {200U, 80U, 40U}) {
        Bench bench({505, columns});
        bench.show(compose(scene, session, bench.size));
        for (std::size_t row = 5; row < 505; ++row) {
            const std::wstring shown = line(row, columns);
            CHECK(shown.substr(0, 6) == number_and_blank(row - 5));
            int width = 0;
            for (const wchar_t character : shown) {
                REQUIRE(::wcwidth(character) > 0);
                width += ::wcwidth(character);
            }
            CHECK(width <= static_cast<int>(columns));
        }
    }
}
