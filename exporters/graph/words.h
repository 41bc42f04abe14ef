// Text in RRDtool's arguments.
#pragma once

#include <string>
#include <string_view>

namespace virtscope::exporters::graph {

// A legend or a path: RRDtool ends a field at a colon, and takes a backslash for the beginning of an order.
std::string escaped(std::string_view text);

// `text`, printable, at most `columns` wide, filled with blanks to as many; escaped.
std::string legend(std::string_view text, std::size_t columns);

}  // namespace virtscope::exporters::graph
