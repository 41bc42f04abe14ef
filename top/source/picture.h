// Picture: what a source knows at one moment; every view is a pure function of it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/history/events.h"
#include "core/rates.h"

namespace virtscope::top {

struct Picture {
    FramePair pair{nullptr, nullptr};  // pair.now() is never null once a source has given it
    // Since the frame was true; absent: its clock cannot be trusted.
    std::optional<std::chrono::nanoseconds> age{};
    std::string notice{};           // why this is not the present, or not all there is; empty if all is well
    bool is_new = true;             // false: the same frame as in the picture before
    bool has_rates = false;         // false: there is no earlier frame to compare with
    bool is_history = false;        // a moment of the past that somebody went to: it stands still
    std::vector<EventAt> events{};  // history only: what happened up to it, oldest first
    std::string remark{};           // about how it was come to: to be said once
    std::vector<std::optional<double>> cpu_strip{};  // %CPU of the host before, newest first (cpu_strip.h)

    const Frame& frame() const { return *pair.now(); }
};

}  // namespace virtscope::top
