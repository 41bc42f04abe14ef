#include "top/terminal/entry.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace virtscope::top {
namespace {

std::string variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::string twin_of(std::string_view name) {
    for (const std::string_view colours : std::array<std::string_view, 3>{"-256color", "-16color", "-color"}) {
        if (name.ends_with(colours)) name.remove_suffix(colours.size());
    }
    return std::string(name) + "-direct";
}

// Twins know only eight of a terminal's own sixteen colours, which its user chose.
bool is_exact(const Theme& theme) {
    return std::none_of(theme.looks.begin(), theme.looks.end(), [](const Look& look) {
        return look.foreground.kind == Colour::Kind::own || look.background.kind == Colour::Kind::own;
    });
}

}  // namespace

Result<Entry> choose_entry(const Theme& theme, const TerminalOptions& options) {
    constexpr int all = 1 << 24;
    const std::string term = variable("TERM");
    auto able = abilities_of(term, options.mouse);
    if (!able) return std::unexpected(able.error());
    const std::string colour_term = variable("COLORTERM");
    const std::string no_color = variable("NO_COLOR");
    ColourFacts facts{.colours = able->colours,
                      .exact = able->exact_colours,
                      .term = term,
                      .colour_term = colour_term,
                      .no_color = no_color,
                      .in_tmux = !variable("TMUX").empty(),
                      .choice = options.colour};
    if (const Depth depth = depth_of(facts); depth != Depth::exact || able->colours >= all) {
        return Entry{std::move(*able), depth};
    }
    if (is_exact(theme)) {
        auto twin = abilities_of(twin_of(term), options.mouse);
        if (twin && twin->colours >= all) return Entry{std::move(*twin), Depth::exact};
    }
    facts.exact = false;
    facts.colour_term = {};
    return Entry{std::move(*able), depth_of(facts)};
}

}  // namespace virtscope::top
