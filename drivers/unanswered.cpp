#include "drivers/unanswered.h"

#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace virtscope {

std::string unanswered_for(std::string_view question, std::int64_t waited) {
    constexpr std::int64_t ms = 1'000'000;
    const double seconds = static_cast<double>(waited) / 1e9;
    return waited < 1000 * ms ? fmt::format("{} not answered for {} ms", question, waited / ms)
                              : fmt::format("{} not answered for {:.3g} s", question, seconds);
}

std::string unanswered_since(std::string_view question, std::int64_t realtime) {
    const auto seconds = static_cast<std::time_t>(realtime / 1'000'000'000);
    return fmt::format("{} not answered since {:%Y-%m-%dT%H:%M:%SZ}", question, fmt::gmtime(seconds));
}

}  // namespace virtscope
