#include <CLI/CLI.hpp>

#include <algorithm>

#include "core/ring/path.h"
#include "plugins/mode.h"
#include "plugins/request.h"

namespace virtscope::checks {
namespace {

constexpr std::size_t least_output = 512;
constexpr std::size_t most_output = 16'777'216;
constexpr unsigned longest_timeout = 3600;

struct Given {
    Request request;
    std::string ring, warning, critical;
    int verbosity = 0;
};

void declare_common(CLI::App& app, Given& given) {
    Request& request = given.request;
    app.add_option("--ring", given.ring, "Ring file (default: $VIRTSCOPE_RING, else /var/lib/virtscope/ring)")
        ->type_name("FILE");
    app.add_option("-w,--warning", given.warning, "WARNING unless within [@]start:end")->type_name("RANGE");
    app.add_option("-c,--critical", given.critical, "CRITICAL unless within [@]start:end")->type_name("RANGE");
    app.add_option("--guest", request.guests, "Only this guest: name, glob or UUID (repeatable)")
        ->type_name("GUEST")
        ->allow_extra_args(false);
    app.add_option("--exclude", request.excluded, "Not this guest: name, glob or UUID (repeatable)")
        ->type_name("GUEST")
        ->allow_extra_args(false);
    app.add_flag("-v,--verbose", given.verbosity, "More: -v all guests, -vv also where the data is from, -vvv all");
    app.add_option("-t,--timeout", request.timeout, "Seconds before giving up (default: 10)")
        ->type_name("SECONDS")
        ->check(CLI::Range(1U, longest_timeout));
    app.add_option("--max-output", request.output_limit, "Most bytes printed (default: 8192, as Nagios keeps)")
        ->type_name("BYTES")
        ->check(CLI::Range(least_output, most_output));
}

void declare_own(CLI::App& app, const Mode& mode, Request& request) {
    for (const Flag& flag : mode.flags) {
        std::string& value = request.own[std::string(flag.name)];
        value = flag.preset;
        app.add_option(std::string(flag.name), value, fmt::format("{} (default: {})", flag.help, flag.preset))
            ->type_name("VALUE");
    }
}

Result<std::optional<Range>> threshold(const CLI::App& app, const char* flag, const std::string& text) {
    if (app.count(flag) == 0) return std::optional<Range>();
    auto range = parse_range(text);
    if (!range) return fail(ErrorKind::malformed, "{}: {}", flag, range.error().message);
    return std::optional(std::move(*range));
}

Result<> finish(const CLI::App& app, Given& given) {
    Request& request = given.request;
    auto warning = threshold(app, "--warning", given.warning);
    if (!warning) return std::unexpected(warning.error());
    auto critical = threshold(app, "--critical", given.critical);
    if (!critical) return std::unexpected(critical.error());
    request.thresholds = {.warning = std::move(*warning), .critical = std::move(*critical)};
    request.verbosity = static_cast<unsigned>(std::max(given.verbosity, 0));
    request.ring = ring_path(given.ring);
    return {};
}

using Parsed = Result<std::variant<Request, Told>>;

// One application a mode: each mode has the flags that mean something to it and no others.
Parsed parse_for(const Mode& mode, std::vector<std::string> rest) {
    CLI::App app(std::string(mode.help), fmt::format("check_virt {}", mode.name));
    app.set_version_flag("-V,--version", fmt::format("check_virt (virtscope) {}", VIRTSCOPE_VERSION));
    Given given;
    given.request.mode = &mode;
    declare_common(app, given);
    declare_own(app, mode, given.request);
    try {
        std::ranges::reverse(rest);  // as CLI11 wants it
        app.parse(std::move(rest));
    } catch (const CLI::CallForHelp&) {
        return Told{app.help()};
    } catch (const CLI::CallForVersion& version) {
        return Told{std::string(version.what()) + "\n"};
    } catch (const CLI::ParseError& error) {
        return fail(ErrorKind::malformed, "{}", error.what());
    }
    const auto finished = finish(app, given);
    if (!finished) return std::unexpected(finished.error());
    return std::move(given.request);
}

std::string mode_names() {
    std::string names;
    for (const Mode& mode : all_modes()) names += (names.empty() ? "" : ", ") + std::string(mode.name);
    return names;
}

std::string overview() {
    std::string text = "Checks the guests of this host through the ring that virtscoped writes.\n"
                       "Usage: check_virt MODE [OPTIONS]\n\nModes:\n";
    for (const Mode& mode : all_modes()) text += fmt::format("  {:8} {}\n", mode.name, mode.help);
    return text + "\n`check_virt MODE --help` lists the options of a mode; -V tells the version.\n"
                  "Exit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.\n";
}

}  // namespace

Parsed parse_arguments(std::span<const std::string> arguments) {
    if (arguments.empty()) return fail(ErrorKind::malformed, "no mode given: want one of {}", mode_names());
    const std::string& first = arguments.front();
    if (first == "-h" || first == "--help") return Told{overview()};
    if (first == "-V" || first == "--version") return Told{fmt::format("check_virt (virtscope) {}\n", VIRTSCOPE_VERSION)};
    for (const Mode& mode : all_modes()) {
        if (mode.name == first) return parse_for(mode, {arguments.begin() + 1, arguments.end()});
    }
    return fail(ErrorKind::malformed, "'{}' is no mode: want one of {}", first, mode_names());
}

}  // namespace virtscope::checks
