// What virt-top is asked for: by its command line, the environment and an init file. Flags win over the environment,
// the environment over the file.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "top/options/csv_options.h"
#include "top/options/end_time.h"
#include "top/source/delay.h"
#include "top/source/source.h"
#include "top/terminal/colour.h"
#include "top/view/list/filter.h"
#include "top/view/views.h"

namespace virtscope::top {

enum class Mode : std::uint8_t { screen, batch, stream, script };

// What a terminal is to be spared.
struct Drawing {
    ColourChoice color = ColourChoice::automatic;
    bool ascii = false;  // no character beyond ASCII
    bool mouse = true;
    bool hints = true;    // keys in the last line
    std::string theme{};  // empty: the usual one
};

// Where settings are kept, and whether key W may write there.
struct InitFile {
    std::string path{};        // empty: there is none
    std::string why_closed{};  // why W does not write it; empty: it does
};

struct Options {
    Mode mode = Mode::screen;
    SourceOptions source{};
    std::chrono::nanoseconds delay = default_delay;
    std::optional<std::uint64_t> iterations{};  // none: no end
    std::optional<EndTime> end_time{};
    View view = View::guests;
    ViewOptions figures{};
    std::string sort{};                 // name of a column (view/list/column.h); empty: the usual one
    bool inverted = false;              // the order
    std::vector<std::string> guests{};  // globs of names: only these; empty: all
    Filter filter{};
    CsvOptions csv{};
    Drawing drawing{};
    InitFile init_file{};
    std::string debug{};    // file for the log; empty: none
    std::string control{};  // the agent's socket; empty: beside the ring
    bool readonly = false;  // no orders
    bool secure = false;    // for kiosks: no orders, no file written, no other delay; readonly is true then
};

// Either options, or what to print and exit with status 0 (--help, --version).
struct Parsed {
    Options options{};
    std::string print{};
    std::vector<std::string> warnings{};  // lines for a person, about the init file
};

// A variable's value, null if it is not set: the process's, or a test's.
using Environment = std::function<const char*(const char*)>;

// Errors: malformed and those of reading the init file; one line that names the option, or file and line, and the
// accepted form.
Result<Parsed> parse_options(int argc, const char* const* argv, const Environment& environment);

}  // namespace virtscope::top
