#include "exporters/base/complain.h"

#include <cstdio>

#include "core/text.h"

namespace virtscope::exporters {

void complain(std::string_view what) {
    std::fprintf(stderr, "virtscope-export: %s\n", printable(what, 1024).c_str());
    std::fflush(stderr);
}

}  // namespace virtscope::exporters
