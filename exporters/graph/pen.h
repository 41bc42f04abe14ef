// Pen: lines and areas with a legend in columns: name, least, average, greatest, last.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace virtscope::exporters::graph {

namespace colour {
inline constexpr std::string_view blue = "#0072B2", sky = "#56B4E9", green = "#009E73", orange = "#E69F00",
                                  vermillion = "#D55E00", purple = "#CC79A7", grey = "#999999", black = "#333333";
}

constexpr std::size_t figure_width = 14;  // letters that a format of figures takes; it begins with its '%'

struct Curve {
    std::string_view name;  // legend
    std::string values;     // variable that is drawn
    std::string shown;      // variable of the legend's figures
    std::string peaks;      // variable of the greatest figure
    std::string_view colour;
    std::string_view style = "AREA";  // or "LINE1.5"
    bool stacked = false;
};

class Pen {
public:
    // Of the figures: "%6.1lf %%".
    explicit Pen(std::string format) : format_(std::move(format)) {}

    void define(std::string argument) { arguments_.push_back(std::move(argument)); }
    // The line above the figures.
    void head();
    void draw(const Curve& curve);
    std::vector<std::string> take() { return std::move(arguments_); }

private:
    void figure(const std::string& variable, std::string_view function, std::size_t indent);

    std::string format_;
    std::vector<std::string> arguments_;
    unsigned figures_ = 0;
};

}  // namespace virtscope::exporters::graph
