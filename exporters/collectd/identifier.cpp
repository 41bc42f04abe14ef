#include "exporters/collectd/identifier.h"

#include <algorithm>

#include "core/text.h"

namespace virtscope::exporters::collectd {

std::string field(std::string_view text, std::size_t most) {
    if (text == "/") return "root";
    if (text.starts_with('/')) text.remove_prefix(1);
    std::string made = printable(text, most);
    std::ranges::replace(made, '/', '_');
    if (made.empty()) return "?";
    if (made == "." || made == "..") std::ranges::fill(made, '_');
    return made;
}

std::string marked(std::string_view field, std::string_view mark) {
    std::string made = printable(field, longest_field - mark.size());
    made += mark;
    return made;
}

}  // namespace virtscope::exporters::collectd
