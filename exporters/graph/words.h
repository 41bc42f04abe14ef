// Text in RRDtool's arguments.
#pragma once

#include <string>
#include <string_view>

namespace virtscope::exporters::graph {

// A legend or a path: RRDtool ends a field at a colon, and takes a backslash for the beginning of an order.
std::string escaped(std::string_view text);

}  // namespace virtscope::exporters::graph
