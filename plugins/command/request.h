// Request: what the command line asked for.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/guest_pattern.h"
#include "core/result.h"
#include "plugins/answer/report.h"
#include "plugins/terms/stat.h"
#include "plugins/terms/thresholds.h"

namespace virtscope::checks {

struct Mode;

enum class Format { multi_line, json, mp_test_json };

inline constexpr unsigned default_timeout = 8;  // seconds

struct Request {
    const Mode* mode = nullptr;
    std::string ring;               // resolved path
    std::vector<GuestPattern> guests;    // empty: all
    std::vector<GuestPattern> excluded;
    std::optional<std::size_t> only;  // this row of the roster, whatever the patterns say
    std::vector<std::string> devices;  // names of disks, NICs, file systems; empty: all
    ThresholdSet thresholds;
    std::chrono::nanoseconds window{};
    Stat stat;
    std::size_t top = 0;  // show only so many guests, those with the highest values; 0: all
    bool worst = false;   // show the worst guest alone, under labels that do not change with it
    bool why = false;     // say of every judgement how it came about
    unsigned verbosity = 0;
    unsigned timeout = default_timeout;  // seconds
    std::optional<std::size_t> output_limit;  // bytes; none: as the format has it
    // What monitoring systems keep of text; programs are given all of a JSON unless they say how much they take.
    std::size_t text_limit() const { return output_limit.value_or(default_output_limit); }
    Format format = Format::multi_line;
    std::string passive;          // file or pipe that results go to, one a guest; empty: none
    std::string passive_service;  // their service description
    std::map<std::string, std::string, std::less<>> own;  // the mode's flags, defaults filled in

    // Findings that are OK are shown, too.
    bool shows_all() const { return verbosity > 0 || why || only || format != Format::multi_line; }
    const std::string& option(std::string_view flag) const { return own.find(flag)->second; }
};

// The text of --help or --version, which is the whole answer.
struct Told {
    std::string text;
};

// Errors: malformed, one line that names the argument.
Result<std::variant<Request, Told>> parse_arguments(std::span<const std::string> arguments);

}  // namespace virtscope::checks
