// Pane: what details are put together from: sections of lines, each made for a width.
#pragma once

#include <string>
#include <vector>

#include "top/view/screen.h"

namespace virtscope::top {

using Lines = std::vector<Line>;

// A name and what it says; no name: the value alone.
struct Fact {
    std::string label{};
    std::string value{};
    Style style = Style::plain;
};

Line section_title(std::string_view title, std::size_t width);

// One fact behind the other, as many to a line as fit. One that is longer than a line is broken.
Lines flow(const std::vector<Fact>& facts, std::size_t width, std::size_t indent = 0);

struct PaneCell {
    std::string text{};
    Style style = Style::plain;
};

// The first column is a name, the last may be text, too: these stand left, numbers right.
struct PaneTable {
    std::vector<std::string> titles{};
    std::vector<std::vector<PaneCell>> rows{};  // as many cells as titles
    bool ends_in_text = true;
};

// As a table where it fits into the width (text at the end may be cut down to a few characters), else one row after the
// other as facts.
Lines lines_of(const PaneTable& table, std::size_t width);

}  // namespace virtscope::top
