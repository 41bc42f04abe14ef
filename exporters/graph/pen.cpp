#include "exporters/graph/pen.h"

#include <fmt/format.h>

#include "core/text.h"
#include "exporters/graph/words.h"

namespace virtscope::exporters::graph {
namespace {

// Letters are of one width. "\\g" keeps RRDtool from putting blanks of its own between the parts of a line; it takes
// those at the end of a part with it, so that a part begins with the blanks before it.
constexpr std::size_t name_width = 24;
constexpr std::size_t box_width = 2;  // the coloured box and the blank behind it

}  // namespace

void Pen::head() {
    std::string text(name_width + box_width, ' ');
    for (const std::string_view word : {"min", "avg", "max", "last"}) text += fmt::format("{:>{}}", word, figure_width);
    arguments_.push_back("COMMENT:" + text + "\\l");
}

void Pen::figure(const std::string& variable, std::string_view function, std::size_t indent) {
    const std::string name = fmt::format("figure{}", figures_++);
    arguments_.push_back(fmt::format("VDEF:{}={},{}", name, variable, function));
    arguments_.push_back(
        fmt::format("GPRINT:{}:{:{}}{}{}", name, "", indent, format_, function == "LAST" ? "\\l" : "\\g"));
}

void Pen::draw(const Curve& curve) {
    std::string name = fit(curve.name, name_width);
    name.resize(name.find_last_not_of(' ') + 1);
    arguments_.push_back(fmt::format("{}:{}{}:{}{}", curve.style, curve.values, curve.colour, escaped(name) + "\\g",
                                     curve.stacked ? ":STACK" : ""));
    figure(curve.shown, "MINIMUM", name_width - display_width(name));
    figure(curve.shown, "AVERAGE", 0);
    figure(curve.peaks, "MAXIMUM", 0);
    figure(curve.shown, "LAST", 0);
}

}  // namespace virtscope::exporters::graph
