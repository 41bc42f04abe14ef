// The part of a test: URI that says what the simulated host is like.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/result.h"

namespace virtscope::simulated {

struct Options {
    std::uint64_t guests = 8;
    std::uint64_t seed = 1;
    std::uint64_t hung = 0;   // the first so many guests do not answer
    std::uint64_t churn = 0;  // guests restarted or changed a minute

    bool operator==(const Options&) const = default;
};

inline constexpr std::uint64_t most_guests = 100'000;

// "test:///default?guests=8&seed=1" or "test:///empty"; nothing if the scheme is not test:.
// Errors: malformed, naming the parameter and the accepted form.
Result<std::optional<Options>> parse_uri(std::string_view uri);

}  // namespace virtscope::simulated
