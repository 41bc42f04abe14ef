// Request: what the command line asked for.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"
#include "plugins/range.h"
#include "plugins/report.h"

namespace virtscope::checks {

struct Mode;

struct Request {
    const Mode* mode = nullptr;
    std::string ring;                   // resolved path
    std::vector<std::string> guests;    // names, globs or UUIDs; empty: all
    std::vector<std::string> excluded;  // the same
    Thresholds thresholds;
    unsigned verbosity = 0;
    unsigned timeout = 10;  // seconds
    std::size_t output_limit = default_output_limit;
    std::map<std::string, std::string, std::less<>> own;  // the mode's flags, defaults filled in

    const std::string& option(std::string_view flag) const { return own.find(flag)->second; }
};

// The text of --help or --version, which is the whole answer.
struct Told {
    std::string text;
};

// Errors: malformed, one line that names the argument.
Result<std::variant<Request, Told>> parse_arguments(std::span<const std::string> arguments);

}  // namespace virtscope::checks
