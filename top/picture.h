// Picture: what a source knows at one moment; every view is a pure function of it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/rates.h"

namespace virtscope::top {

struct Picture {
    FramePair pair{nullptr, nullptr};  // pair.now() is never null once a source has given it
    // Since the frame was true; absent: its clock cannot be trusted.
    std::optional<std::chrono::nanoseconds> age{};
    std::string notice{};    // why this is not the present, or not all there is; empty if all is well
    bool is_new = true;      // false: the same frame as in the picture before
    bool has_rates = false;  // false: there is no earlier frame to compare with

    const Frame& frame() const { return *pair.now(); }
};

}  // namespace virtscope::top
