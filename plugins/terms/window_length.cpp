#include "plugins/terms/window_length.h"

#include <string>

#include "core/quantity.h"
#include "core/text.h"

namespace virtscope::checks {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds shortest = std::chrono::seconds(1);
constexpr nanoseconds longest = std::chrono::hours(24);

// What Nagios' people write: m is minutes here, and a bare number seconds.
std::string in_full(std::string_view text) {
    std::string full(text);
    if (full.empty()) return full;
    if (full.find_first_not_of("0123456789") == std::string::npos) return full + "s";
    const bool minutes = full.back() == 'm' && full.find_first_not_of("0123456789.") == full.size() - 1;
    return minutes ? full + "in" : full;
}

}  // namespace

Result<nanoseconds> parse_window(std::string_view text) {
    const auto window = parse_duration(in_full(text));
    if (!window || *window < shortest || *window > longest) {
        return fail(ErrorKind::malformed, "--window {}: want a duration from 1s to 24h, as in 60s, 5m or 1h", printable(text, 40));
    }
    return *window;
}

}  // namespace virtscope::checks
