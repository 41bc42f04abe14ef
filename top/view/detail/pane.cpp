#include "top/view/detail/pane.h"

#include <algorithm>

#include "core/text.h"
#include "top/view/line_builder.h"

namespace virtscope::top {
namespace {

constexpr std::size_t gap = 2;         // between facts and between columns
constexpr std::size_t least_last = 8;  // columns for text that is cut

std::size_t width_of(const std::string& text) { return display_width(printable(text, text.size())); }

// As much of `text` as fits, and the rest.
std::pair<std::string, std::string> split(const std::string& text, std::size_t width) {
    std::size_t end = 0;
    while (end < text.size()) {
        std::size_t next = end + 1;
        while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xc0U) == 0x80) ++next;
        if (display_width(std::string_view(text).substr(0, next)) > width) break;
        end = next;
    }
    if (end == 0) return {text, {}};
    const std::size_t blank = end < text.size() ? text.rfind(' ', end) : std::string::npos;
    if (blank == std::string::npos || blank == 0) return {text.substr(0, end), text.substr(end)};
    return {text.substr(0, blank), text.substr(blank + 1)};
}

// The fact alone, over as many lines as it takes.
void add_long(Lines& lines, const Fact& fact, std::size_t width, std::size_t indent) {
    LineBuilder line;
    line.pad_to(indent).add(fact.label, Style::label);
    if (!fact.label.empty()) line.add(" ");
    std::string rest = printable(fact.value, fact.value.size());
    while (true) {
        const auto [now, later] = split(rest, width > line.width() ? width - line.width() : 1);
        line.add(now, fact.style);
        lines.push_back(line.take(width));
        if (later.empty()) return;
        rest = later;
        line.pad_to(indent + gap);
    }
}

bool fits(const PaneTable& table, const std::vector<std::size_t>& widths, std::size_t width) {
    std::size_t total = 0;
    for (std::size_t i = 0; i + 1 < widths.size(); ++i) total += widths[i] + gap;
    return total + (table.ends_in_text ? std::min(widths.back(), least_last) : widths.back()) <= width;
}

std::vector<std::size_t> widths_of(const PaneTable& table) {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < table.titles.size(); ++i) {
        std::size_t most = width_of(table.titles[i]);
        for (const auto& row : table.rows) most = std::max(most, width_of(row[i].text));
        widths.push_back(most);
    }
    return widths;
}

void add_cell(LineBuilder& line, const PaneCell& cell, std::size_t column, std::size_t width, bool right) {
    const std::size_t text = width_of(cell.text);
    line.pad_to(column + (right && text < width ? width - text : 0));
    line.add(cell.text, cell.style);
}

Lines as_table(const PaneTable& table, const std::vector<std::size_t>& widths, std::size_t width) {
    Lines lines;
    const auto add = [&](const auto& cell_of) {
        LineBuilder line;
        std::size_t column = 0;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const bool right = i != 0 && (i + 1 != widths.size() || !table.ends_in_text);
            add_cell(line, cell_of(i), column, widths[i], right);
            column += widths[i] + gap;
        }
        lines.push_back(line.take(width));
    };
    add([&](std::size_t i) { return PaneCell{table.titles[i], Style::label}; });
    for (const auto& row : table.rows) add([&](std::size_t i) { return row[i]; });
    return lines;
}

Lines as_facts(const PaneTable& table, std::size_t width) {
    Lines lines;
    for (const auto& row : table.rows) {
        std::vector<Fact> facts{{.label = {}, .value = row.front().text, .style = row.front().style}};
        for (std::size_t i = 1; i < row.size(); ++i) {
            if (!row[i].text.empty()) facts.push_back({table.titles[i], row[i].text, row[i].style});
        }
        const Lines more = flow(facts, width, 1);
        lines.insert(lines.end(), more.begin(), more.end());
    }
    return lines;
}

}  // namespace

Line section_title(std::string_view title, std::size_t width) {
    LineBuilder line;
    line.add(title);
    Line made = line.take(width);
    made.style = Style::heading;
    return made;
}

Lines flow(const std::vector<Fact>& facts, std::size_t width, std::size_t indent) {
    Lines lines;
    LineBuilder line;
    const auto end = [&] {
        if (line.width() != 0) lines.push_back(line.take(width));
    };
    for (const Fact& fact : facts) {
        const std::size_t needed = width_of(fact.label) + (fact.label.empty() ? 0 : 1) + width_of(fact.value);
        if (line.width() != 0 && line.width() + gap + needed > width) end();
        // The first stands at the edge, so that one sees where something begins.
        const std::size_t at = line.width() != 0 ? line.width() + gap : lines.empty() ? 0 : indent;
        if (at + needed > width) {
            add_long(lines, fact, width, at);
            continue;
        }
        line.pad_to(at).add(fact.label, Style::label);
        if (!fact.label.empty()) line.add(" ");
        line.add(fact.value, fact.style);
    }
    end();
    return lines;
}

Lines lines_of(const PaneTable& table, std::size_t width) {
    if (table.rows.empty() || table.titles.empty()) return {};
    const auto widths = widths_of(table);
    return fits(table, widths, width) ? as_table(table, widths, width) : as_facts(table, width);
}

}  // namespace virtscope::top
