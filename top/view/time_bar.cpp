#include "top/view/time_bar.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time_text.h"
#include "top/view/event_style.h"
#include "top/view/line_builder.h"

namespace virtscope::top {
namespace {

constexpr std::int64_t day = 24LL * 3600 * 1'000'000'000;

// Where a moment stands in the bar.
std::size_t place_of(const TimeLine& line, std::int64_t time, std::size_t width) {
    const std::int64_t span = line.newest - line.oldest;
    if (width < 2 || span <= 0) return width == 0 ? 0 : width - 1;
    const double share = static_cast<double>(time - line.oldest) / static_cast<double>(span);
    return static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(width - 1)));
}

// Of several marks in one place the worst is seen.
int weight(Style style) {
    switch (style) {
        case Style::critical: return 4;
        case Style::busy: return 3;
        case Style::plain: return 2;
        default: return 1;
    }
}

struct Glyphs {
    std::string_view line, mark, shown;
};
constexpr Glyphs box{"─", "┃", "█"};
constexpr Glyphs ascii{"-", "!", "#"};

Line bar_line(const TimeLine& line, const TimeBarLook& look) {
    std::vector<std::optional<Style>> marks(look.width);
    for (const Mark& mark : line.marks) {
        auto& at = marks[place_of(line, mark.realtime, look.width)];
        const Style style = style_of(mark.kind);
        if (!at || weight(style) > weight(*at)) at = style;
    }
    const Glyphs& glyphs = look.unicode ? box : ascii;
    const std::size_t shown = place_of(line, line.shown, look.width);
    LineBuilder bar;
    for (std::size_t i = 0; i < look.width; ++i) {
        if (i == shown) {
            bar.add(glyphs.shown, look.is_history ? Style::warning : Style::good);
        } else if (marks[i]) {
            bar.add(glyphs.mark, *marks[i]);
        } else {
            bar.add(glyphs.line, Style::dim);
        }
    }
    return bar.take(look.width);
}

// With the day where the bar has more than one.
std::string label_of(const TimeLine& line, std::int64_t time) {
    const std::string text = local_time(time);
    const bool one_day = line.newest - line.oldest < day &&
                         local_time(line.oldest).substr(0, 10) == local_time(line.newest).substr(0, 10);
    return one_day ? text.substr(11) : text.substr(5, 11);
}

struct Label {
    std::size_t column = 0;
    std::string text{};
    Style style = Style::dim;

    std::size_t end() const { return column + text.size(); }
};

Label right_label(std::string text, std::size_t width) {
    const std::size_t column = width > text.size() ? width - text.size() : 0;
    return {column, std::move(text)};
}

// Below the moment itself, as far as the edges let it.
Label shown_label(const TimeLine& line, const TimeBarLook& look) {
    std::string text = label_of(line, line.shown);
    const std::size_t at = place_of(line, line.shown, look.width);
    const std::size_t half = text.size() / 2;
    const std::size_t last = look.width > text.size() ? look.width - text.size() : 0;
    const std::size_t column = std::min(at > half ? at - half : 0, last);
    return {column, std::move(text), Style::warning};
}

// The ends give way to the moment shown, what is said of events to both.
Line label_line(const TimeLine& line, const TimeBarLook& look) {
    std::vector<Label> labels;
    const auto add = [&](Label label) {
        const bool free = std::ranges::all_of(
            labels, [&](const Label& other) { return label.end() < other.column || other.end() < label.column; });
        if (free && label.end() <= look.width) labels.push_back(std::move(label));
    };
    if (look.is_history) add(shown_label(line, look));
    add(right_label(label_of(line, line.newest), look.width));
    Label oldest{.column = 0, .text = label_of(line, line.oldest)};
    const std::size_t behind = oldest.end() + 2;
    add(std::move(oldest));
    const std::size_t count = line.marks.size();
    add({.column = behind,
         .text = fmt::format("{}{} event{}", line.has_all_marks ? "" : "more than ", count, count == 1 ? "" : "s")});
    std::ranges::sort(labels, {}, &Label::column);
    LineBuilder text;
    for (const Label& label : labels) text.pad_to(label.column).add(label.text, label.style);
    return text.take(look.width);
}

}  // namespace

Screen time_bar(const TimeLine& line, const TimeBarLook& look) {
    if (look.width == 0) return {};
    Screen screen{.lines = {bar_line(line, look), label_line(line, look)}, .spots = {}};
    const std::size_t last = std::max<std::size_t>(look.width - 1, 1);
    for (std::size_t i = 0; i < look.width; ++i) {
        screen.spots.push_back({.row = 0, .column = i, .width = 1, .click = ClickTime{i * 1000 / last}});
    }
    return screen;
}

std::int64_t time_of(const TimeLine& line, ClickTime click) {
    const std::int64_t span = std::max<std::int64_t>(0, line.newest - line.oldest);
    const auto share = static_cast<std::int64_t>(std::min<std::size_t>(click.thousandths, 1000));
    return line.oldest + span / 1000 * share + span % 1000 * share / 1000;
}

}  // namespace virtscope::top
