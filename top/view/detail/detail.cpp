#include "top/view/detail/detail.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "top/view/detail/sections.h"
#include "top/view/figures.h"
#include "top/view/graph.h"
#include "top/view/line_builder.h"

namespace virtscope::top {
namespace {

constexpr std::size_t pinned = 2;
constexpr std::size_t least_wide = 130;  // columns from which on there are two
constexpr std::size_t gap = 2;

constexpr std::size_t left_half(std::size_t width) { return (width - gap) * 9 / 20; }

void append(Lines& to, const Lines& more) { to.insert(to.end(), more.begin(), more.end()); }

// Why something is absent: nobody should have to look for that.
Lines note_lines(const GuestNow& guest, std::size_t width) {
    if (guest.who().note.empty()) return {};
    return flow({{"absent because", guest.who().note, Style::warning}}, width);
}

Lines values_of(const GuestNow& guest, std::size_t width) {
    Lines lines = cpu_section(guest, width);
    append(lines, disks_section(guest, width));
    append(lines, nics_section(guest, width));
    append(lines, memory_section(guest, width));
    return lines;
}

Lines past_of(const DetailData& data, const DetailWindow& window, std::size_t width) {
    const std::size_t rows = window.size.rows >= 60 ? 6 : window.size.rows >= 16 ? 4 : 3;
    return graphs_section(data, width, {.title = "The last minutes", .rows = rows, .unicode = window.unicode});
}

// What matters most has a screen to itself: some graphs, and the numbers follow at once.
Lines stacked(const GuestNow& guest, const DetailData& data, const DetailWindow& window) {
    constexpr std::size_t first_pairs = 2;
    const std::size_t width = window.size.columns;
    GraphPlan plan{.title = "The last minutes",
                   .first = 0,
                   .count = first_pairs,
                   .rows = window.size.rows >= 20 ? 4U : 3U,
                   .unicode = window.unicode};
    Lines lines = graphs_section(data, width, plan);
    append(lines, values_of(guest, width));
    append(lines, events_section(data, width));
    plan.title = "More of the last minutes";
    plan.first = first_pairs;
    plan.count = graph_pairs - first_pairs;
    append(lines, graphs_section(data, width, plan));
    append(lines, identity_section(guest, width));
    return lines;
}

Lines side_by_side(const Lines& left, const Lines& right, std::size_t column, std::size_t width) {
    Lines lines;
    for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
        LineBuilder line;
        if (i < left.size()) line.add(left[i], column - gap);
        line.pad_to(column);
        if (i < right.size()) line.add(right[i], width - column);
        lines.push_back(line.take(width));
    }
    return lines;
}

Lines body_of(const GuestNow& guest, const DetailData& data, const DetailWindow& window) {
    const std::size_t width = window.size.columns;
    Lines lines = note_lines(guest, width);
    if (width < least_wide) {
        append(lines, stacked(guest, data, window));
        return lines;
    }
    const std::size_t half = left_half(width);
    Lines left = past_of(data, window, half);
    append(left, events_section(data, half));
    Lines right = values_of(guest, width - half - gap);
    append(right, identity_section(guest, width - half - gap));
    append(lines, side_by_side(left, right, half + gap, width));
    return lines;
}

// It has gone, or had not come yet: what is known of the time before is.
Lines absent_body(const DetailData& data, const DetailWindow& window) {
    Lines lines = past_of(data, window, window.size.columns);
    append(lines, events_section(data, window.size.columns));
    return lines;
}

Lines absent_head(const DetailData& data, std::size_t width) {
    return {{clip(fmt::format("{}  was not there at that moment", printable(data.name)), width), Style::warning},
            {clip(data.guest.text(), width), Style::dim}};
}

}  // namespace

std::size_t detail_steps(std::size_t columns, bool unicode) {
    return steps_for(graph_columns(columns < least_wide ? columns : left_half(columns)), unicode);
}

Detail detail_view(const Picture& picture, const DetailData& data, const DetailWindow& window) {
    const auto row = row_of(picture.frame(), data.guest);
    Detail detail;
    Lines body;
    if (row) {
        const GuestNow guest{picture, *row, data.cpu};
        detail.lines = {name_line(guest, window.size.columns), summary_line(guest, window.size.columns)};
        body = body_of(guest, data, window);
    } else {
        detail.lines = absent_head(data, window.size.columns);
        body = absent_body(data, window);
    }
    detail.total = body.size();
    detail.page = window.size.rows > pinned ? window.size.rows - pinned : 0;
    detail.first = std::min(window.first, body.size() > detail.page ? body.size() - detail.page : 0);
    const auto shown = body.begin() + static_cast<std::ptrdiff_t>(detail.first);
    const std::size_t count = std::min(detail.page, body.size() - detail.first);
    detail.lines.insert(detail.lines.end(), shown, shown + static_cast<std::ptrdiff_t>(count));
    detail.lines.resize(std::min(detail.lines.size(), window.size.rows));
    return detail;
}

}  // namespace virtscope::top
