#include "top/source/delay.h"

#include <charconv>
#include <cmath>

#include "core/text.h"

namespace virtscope::top {

Result<std::chrono::nanoseconds> parse_delay(std::string_view text) {
    constexpr double longest = 1e6;  // 11 days
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size() || !(seconds >= 1e-9 && seconds <= longest)) {
        return fail(ErrorKind::malformed, "'{}': must be seconds, more than 0 and at most 1000000, such as 3 or 0.5",
                    printable(text, 40));
    }
    return std::chrono::nanoseconds(std::llround(seconds * 1e9));
}

std::string delay_text(std::chrono::nanoseconds delay) {
    const double seconds = std::chrono::duration<double>(delay).count();
    const std::string text = fmt::format("{:.6g}", seconds);
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

}  // namespace virtscope::top
