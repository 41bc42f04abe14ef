// The command line of virt-top, with virt-top's names.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/result.h"
#include "top/options/delay.h"
#include "top/source/source.h"
#include "top/terminal/terminal_options.h"
#include "top/view/guests_view.h"

namespace virtscope::top {

enum class Mode : std::uint8_t { screen, batch, stream, script };

struct Options {
    Mode mode = Mode::screen;
    SourceOptions source;
    std::chrono::nanoseconds delay = default_delay;
    std::optional<std::uint64_t> iterations;  // none: no end
    GuestsOptions guests;
    std::string csv;        // empty: none
    std::string control{};  // the agent's socket; empty: beside the ring
    bool readonly = false;  // no orders
    TerminalOptions terminal{};
};

// Either options, or what to print and exit with status 0 (--help, --version). Errors: malformed, one line
// naming the option and the accepted form.
struct Parsed {
    Options options;
    std::string print;
};
Result<Parsed> parse_options(int argc, const char* const* argv);

}  // namespace virtscope::top
