#include "exporters/graph/words.h"

namespace virtscope::exporters::graph {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == ':' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

}  // namespace virtscope::exporters::graph
