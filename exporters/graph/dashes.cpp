#include "exporters/graph/dashes.h"

#include <string_view>

#include <fmt/format.h>

#include "exporters/graph/pen.h"

namespace virtscope::exporters::graph {
namespace {

constexpr std::string_view gprint = "GPRINT:";

// "GPRINT:figure0:   %12.1lf %%\g": the blanks before the format stay, and what ends it.
std::string dash_for(const std::string& argument) {
    const std::size_t begin = argument.find(':', gprint.size()) + 1;
    const std::size_t indent = argument.find('%', begin) - begin;
    return fmt::format("COMMENT:{:>{}}{}", "-", indent + figure_width, argument.substr(argument.rfind('\\')));
}

}  // namespace

std::vector<std::string> questions(const std::vector<std::string>& arguments) {
    std::vector<std::string> all;
    for (const std::string& argument : arguments) {
        if (!argument.starts_with(gprint)) continue;
        const std::size_t end = argument.find(':', gprint.size());
        all.push_back(fmt::format("PRINT:{}:%lf", argument.substr(gprint.size(), end - gprint.size())));
    }
    return all;
}

std::vector<std::string> answered(std::vector<std::string> arguments, const std::vector<std::string>& printed) {
    auto answer = printed.begin();
    for (std::string& argument : arguments) {
        if (!argument.starts_with(gprint)) continue;
        if (answer == printed.end()) break;
        if (answer->contains("nan")) argument = dash_for(argument);
        ++answer;
    }
    return arguments;
}

}  // namespace virtscope::exporters::graph
