// Mode: one kind of check. A mode is added by one file in modes/ and one line in mode_table.cpp.
#pragma once

#include <span>
#include <string_view>

#include "core/result.h"
#include "plugins/report.h"
#include "plugins/request.h"
#include "plugins/snapshot.h"

namespace virtscope::checks {

// A flag that only this mode has; it always takes a value.
struct Flag {
    std::string_view name;  // "--expect"
    std::string_view preset;
    std::string_view help;
};

struct Mode {
    std::string_view name;     // "state"
    std::string_view service;  // "STATE", in the status line
    std::string_view help;
    std::span<const Flag> flags;
    // Other modes are not run on data that is too old.
    bool judges_age = false;
    // Judges the newest frame. Errors: malformed, a wrong value of one of its flags.
    Result<Report> (*run)(const Request& request, Snapshot& snapshot);
};

std::span<const Mode> all_modes();

extern const Mode state_mode;
extern const Mode cpu_mode;
extern const Mode agent_mode;

}  // namespace virtscope::checks
