#include "exporters/graph/words.h"

#include "core/text.h"

namespace virtscope::exporters::graph {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == ':' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string legend(std::string_view text, std::size_t columns) { return escaped(fit(text, columns)); }

}  // namespace virtscope::exporters::graph
