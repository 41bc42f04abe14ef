// Recipes: what each kind of graph shows and how. Colours are Okabe and Ito's, which colour-blind people tell apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/graph/figures.h"

namespace virtscope::exporters::graph {

enum class Kind { cpu, memory, block, net, latency };
std::optional<Kind> kind_by_name(std::string_view name);

struct Recipe {
    std::string about;  // of the title: "CPU"
    std::string axis;   // "% of one CPU"
    unsigned base = 1000;
    bool from_zero = true;  // nothing is below it
    std::vector<Quantity> quantities;
    // The rest of RRDtool's arguments, given which quantities are unknown.
    std::vector<std::string> (*draw)(const Recipe& recipe, const std::vector<std::string>& unknown);
    std::vector<std::string> instances;  // names of vCPUs that are shown one by one
};

// Of the host, or of a guest with these vCPUs.
Recipe recipe_of(Kind kind, bool host, const std::vector<std::string>& vcpus);

}  // namespace virtscope::exporters::graph
