#include "plugins/terms/number.h"

#include <fmt/format.h>

namespace virtscope::checks {

std::string perf_number(double value) {
    std::string text = fmt::format("{:.6f}", value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text == "-0" ? "0" : text;
}

}  // namespace virtscope::checks
