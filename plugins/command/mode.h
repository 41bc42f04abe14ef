// Mode: one kind of check. A mode is added by one file in modes/ and one line in mode_table.cpp.
#pragma once

#include <span>
#include <string_view>

#include "core/result.h"
#include "plugins/answer/report.h"
#include "plugins/command/request.h"
#include "plugins/terms/measure.h"

namespace virtscope::checks {

struct Snapshot;

// A flag that only this mode has; it always takes a value.
struct Flag {
    std::string_view name;  // "--expect"
    std::string_view preset;
    std::string_view help;
};

// What a mode is about decides which of the common options it has.
enum class About {
    guests,   // --guest, --exclude, --top, --worst, --passive
    devices,  // the same, and --device
    host,     // none of them
};

struct Mode {
    std::string_view name;     // "state"
    std::string_view service;  // "STATE", in the status line
    std::string_view help;
    std::string_view example;  // arguments of a command that shows what it is for
    About about = About::guests;
    std::span<const Measure> measures;  // the first is meant by thresholds without a label
    std::span<const Flag> flags;
    // Preset of --window; empty: the mode is about now, and has neither --window nor --stat.
    std::string_view window;
    // Other modes are not run on data that is too old.
    bool judges_age = false;
    // Judges the newest frame. Errors: malformed, a wrong value of one of its flags; those of the ring.
    Result<Report> (*run)(const Request& request, Snapshot& snapshot) = nullptr;
    // Findings about no guest of the host, which no passive result can tell: of guests that are missing, of all guests
    // together. Null: there are none but those of names that --guest has. Errors as run.
    Result<Report> (*run_for_none)(const Request& request, Snapshot& snapshot) = nullptr;
};

std::span<const Mode> all_modes();

}  // namespace virtscope::checks
