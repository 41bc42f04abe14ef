#include "exporters/graph/pen.h"

#include <fmt/format.h>

#include "exporters/graph/words.h"

namespace virtscope::exporters::graph {
namespace {

constexpr std::size_t name_width = 22;
constexpr std::size_t figure_width = 14;

}  // namespace

void Pen::head() {
    std::string text(name_width + 3, ' ');
    for (const std::string_view word : {"min", "avg", "max", "last"}) text += fmt::format("{:>{}}", word, figure_width);
    arguments_.push_back("COMMENT:" + text + "\\l");
}

void Pen::figure(const std::string& variable, std::string_view function) {
    const std::string name = fmt::format("figure{}", figures_++);
    arguments_.push_back(fmt::format("VDEF:{}={},{}", name, variable, function));
    arguments_.push_back(fmt::format("GPRINT:{}:{}{}", name, format_, function == "LAST" ? "\\l" : ""));
}

void Pen::draw(const Curve& curve) {
    arguments_.push_back(fmt::format("{}:{}{}:{}{}", curve.style, curve.values, curve.colour,
                                     legend(curve.name, name_width), curve.stacked ? ":STACK" : ""));
    figure(curve.shown, "MINIMUM");
    figure(curve.shown, "AVERAGE");
    figure(curve.peaks, "MAXIMUM");
    figure(curve.shown, "LAST");
}

}  // namespace virtscope::exporters::graph
