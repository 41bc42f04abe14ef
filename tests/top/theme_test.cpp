// Themes and colours: everything stays readable, whatever the terminal has.
#include "top/terminal/theme.h"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

using namespace virtscope::top;

namespace {

constexpr std::array depths{Depth::mono, Depth::eight, Depth::sixteen, Depth::many, Depth::exact};

std::vector<Style> all_styles() {
    std::vector<Style> styles;
    styles.reserve(style_count);
    for (std::size_t i = 0; i < style_count; ++i) styles.push_back(static_cast<Style>(i));
    return styles;
}

double linear(std::uint32_t channel) {
    const double share = channel / 255.0;
    return share <= 0.03928 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
}

double luminance(std::uint32_t rgb) {
    return 0.2126 * linear(rgb >> 16 & 0xff) + 0.7152 * linear(rgb >> 8 & 0xff) + 0.0722 * linear(rgb & 0xff);
}

// As WCAG counts it.
double contrast(std::uint32_t a, std::uint32_t b) {
    const auto [low, high] = std::minmax({luminance(a), luminance(b)});
    return (high + 0.05) / (low + 0.05);
}

}  // namespace

TEST_CASE("a theme is found by its name, and the first is the default") {
    CHECK(theme_names().front() == "default");
    CHECK(theme_names().size() == 7);
    for (const std::string_view name : theme_names()) {
        REQUIRE(find_theme(name) != nullptr);
        CHECK(find_theme(name)->name == name);
    }
    CHECK(find_theme("Nord") == nullptr);
    CHECK(find_theme("") == nullptr);
}

TEST_CASE("text never has the colour of its background, with however many colours") {
    for (const std::string_view name : theme_names()) {
        for (const Depth depth : depths) {
            for (const Style line : all_styles()) {
                for (const Style part : all_styles()) {
                    const Look look = look_of(*find_theme(name), line, part, depth);
                    if (look.foreground.kind == Colour::Kind::none || look.background.kind == Colour::Kind::none)
                        continue;
                    INFO(name << " depth " << static_cast<int>(depth) << " style " << static_cast<int>(part));
                    CHECK(depth != Depth::mono);
                    CHECK(number_of(look.foreground, depth) != number_of(look.background, depth));
                }
            }
        }
    }
}

TEST_CASE("exact colours stand out from their background") {
    for (const std::string_view name : theme_names()) {
        for (const Style style : all_styles()) {
            const Look& look = find_theme(name)->look(style);
            if (look.foreground.kind != Colour::Kind::exact || look.background.kind != Colour::Kind::exact) continue;
            INFO(name << " style " << static_cast<int>(style));
            CHECK(contrast(look.foreground.exact, look.background.exact) >= (name == "high-contrast" ? 7.0 : 3.5));
        }
    }
}

TEST_CASE("the bar keeps its colours under every part of its line") {
    for (const std::string_view name : theme_names()) {
        for (const Style bar : {Style::selected, Style::selected_stale}) {
            for (const Style part : all_styles()) {
                const Look whole = look_of(*find_theme(name), bar, bar, Depth::many);
                const Look look = look_of(*find_theme(name), bar, part, Depth::many);
                if (part == Style::selected || part == Style::selected_stale) continue;
                CHECK(look.foreground == whole.foreground);
                CHECK(look.background == whole.background);
            }
        }
    }
}

TEST_CASE("styles that matter differ, in colours and without") {
    constexpr std::array matter{Style::plain,   Style::selected, Style::stale,  Style::selected_stale,
                                Style::warning, Style::critical, Style::tagged, Style::match};
    for (const std::string_view name : theme_names()) {
        for (const Depth depth : depths) {
            for (std::size_t a = 0; a < matter.size(); ++a) {
                for (std::size_t b = 0; b < a; ++b) {
                    INFO(name << " depth " << static_cast<int>(depth) << " " << a << " " << b);
                    CHECK(look_of(*find_theme(name), Style::plain, matter[a], depth) !=
                          look_of(*find_theme(name), Style::plain, matter[b], depth));
                }
            }
        }
    }
}

TEST_CASE("a match, a tag and what is critical are seen on the bar, too") {
    for (const std::string_view name : theme_names()) {
        for (const Style part : {Style::match, Style::tagged, Style::critical}) {
            for (const Depth depth : depths) {
                const Theme& theme = *find_theme(name);
                CHECK(look_of(theme, Style::selected, part, depth) !=
                      look_of(theme, Style::selected, Style::plain, depth));
            }
        }
    }
}

TEST_CASE("how many colours: the user's word, then the terminal's") {
    const ColourFacts xterm{.colours = 256, .term = "xterm-256color"};
    CHECK(depth_of(xterm) == Depth::many);
    const auto with = [&](auto change) {
        ColourFacts facts = xterm;
        change(facts);
        return depth_of(facts);
    };
    CHECK(with([](auto& f) { f.colour_term = "truecolor"; }) == Depth::exact);
    CHECK(with([](auto& f) { f.colour_term = "24bit"; }) == Depth::exact);
    CHECK(with([](auto& f) { f.colour_term = "yes"; }) == Depth::many);
    CHECK(with([](auto& f) { f.exact = true; }) == Depth::exact);
    CHECK(with([](auto& f) { f.colours = 1 << 24; }) == Depth::exact);
    CHECK(with([](auto& f) { f.term = "screen-256color", f.colour_term = "truecolor"; }) == Depth::many);
    CHECK(with([](auto& f) { f.term = "screen-256color", f.colour_term = "truecolor", f.in_tmux = true; }) ==
          Depth::exact);
    CHECK(with([](auto& f) { f.no_color = "1"; }) == Depth::mono);
    CHECK(with([](auto& f) { f.no_color = "1", f.choice = ColourChoice::always; }) == Depth::many);
    CHECK(with([](auto& f) { f.choice = ColourChoice::never; }) == Depth::mono);
    CHECK(with([](auto& f) { f.colours = 16; }) == Depth::sixteen);
    CHECK(with([](auto& f) { f.colours = 88; }) == Depth::sixteen);
    CHECK(with([](auto& f) { f.colours = 8; }) == Depth::eight);
    CHECK(with([](auto& f) { f.colours = -1, f.colour_term = "truecolor"; }) == Depth::mono);
    CHECK(with([](auto& f) { f.colours = -1, f.choice = ColourChoice::always; }) == Depth::mono);
}

TEST_CASE("the nearest colour that there is") {
    CHECK(number_of(exact_colour(0xff0000, 9), Depth::many) == 196);
    CHECK(number_of(exact_colour(0x000000, 0), Depth::many) == 16);
    CHECK(number_of(exact_colour(0x808080, 8), Depth::many) == 244);
    CHECK(number_of(exact_colour(0x002b36, 0), Depth::sixteen) == 0);
    CHECK(number_of(own_colour(12), Depth::many) == 12);
    CHECK(number_of(own_colour(12), Depth::eight) == 4);
    CHECK(number_of(own_colour(8), Depth::eight) == 7);
}
