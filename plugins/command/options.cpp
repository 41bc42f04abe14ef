#include "plugins/command/options.h"

#include <CLI/CLI.hpp>

#include "plugins/command/mode.h"

namespace virtscope::checks {
namespace {

constexpr std::size_t least_output = 512;
constexpr std::size_t most_output = 16'777'216;
constexpr unsigned longest_timeout = 3600;
constexpr std::size_t most_top = 100'000;

// Each takes one value at a time, however often it is given.
void declare_list(CLI::App& app, const char* name, std::vector<std::string>& list, const char* type, std::string help) {
    app.add_option(name, list, std::move(help))->type_name(type)->allow_extra_args(false);
}

void declare_thresholds(CLI::App& app, const Mode& mode, Given& given) {
    std::string labels;
    for (const Measure& measure : mode.measures) {
        labels += fmt::format("{}{}", labels.empty() ? "" : ", ", measure.label);
        if (!measure.unit.empty()) labels += fmt::format(" ({})", measure.unit);
    }
    declare_list(app, "-w,--warning", given.warning, "[LABEL=]RANGE",
                 "WARNING unless within [@]start:end; LABEL is one of " + labels + ", the first if it is left out");
    declare_list(app, "-c,--critical", given.critical, "[LABEL=]RANGE", "CRITICAL likewise; several: commas, or the option again");
}

void declare_guests(CLI::App& app, const Mode& mode, Given& given) {
    Request& request = given.request;
    declare_list(app, "--guest", given.guests, "GUEST", "Only this guest: name, glob, /regex/ or UUID (repeatable)");
    declare_list(app, "--exclude", given.excluded, "GUEST", "Not this guest: likewise (repeatable)");
    if (mode.about == About::devices)
        declare_list(app, "--device", request.devices, "NAME", "Only this device, as virtscope info names it (repeatable)");
    app.add_option("--top", request.top, "Show only so many guests, the worst")->type_name("N")->check(CLI::Range(std::size_t{1}, most_top));
    app.add_flag("--worst", request.worst, "Show the worst guest alone; its performance data has the same label always");
    app.add_option("--passive", request.passive, "Write a passive result a guest to this file, or pipe; NAME.cmd is one that Nagios makes, any other file is made")->type_name("FILE");
    app.add_option("--passive-service", request.passive_service, "Their service description (default: virt MODE)")->type_name("NAME");
}

void declare_time(CLI::App& app, const Mode& mode, Given& given) {
    given.window = mode.window;
    app.add_option("--window", given.window, fmt::format("Time over which to look, as in 60s, 5m, 1h (default: {})", mode.window))
        ->type_name("TIME");
    app.add_option("--stat", given.stat, "What to judge of it: avg, min, max, last or a percentile as in p95 (default: the mean "
                                         "of what is a rate, the newest value of the rest)")
        ->type_name("STAT");
}

void declare_output(CLI::App& app, Given& given) {
    Request& request = given.request;
    app.add_flag("-v,--verbose", given.verbosity, "More: -v all guests, -vv also where the data is from, -vvv all");
    app.add_flag("--why", request.why, "Say of each judgement what was measured, how, and against which thresholds");
    app.add_option("--output-format", given.format, "multi-line (as Nagios wants it), json or mp-test-json")->type_name("FORMAT");
    app.add_option("--max-output", request.output_limit, "Most bytes printed (default: 8192, as Nagios keeps; of JSON all)")
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

}  // namespace

void declare_options(CLI::App& app, const Mode& mode, Given& given) {
    given.request.mode = &mode;
    declare_thresholds(app, mode, given);
    declare_own(app, mode, given.request);
    if (mode.about != About::host) declare_guests(app, mode, given);
    if (!mode.window.empty()) declare_time(app, mode, given);
    declare_output(app, given);
    app.add_option("--ring", given.ring, "Ring file (default: $VIRTSCOPE_RING, else /var/lib/virtscope/ring)")->type_name("FILE");
    app.add_option("-H,--hostname", given.host, "The same as an address: ring:///PATH or localhost")->type_name("ADDRESS");
    app.add_option("-t,--timeout", given.request.timeout, fmt::format("Seconds before giving up (default: {})", default_timeout))
        ->type_name("SECONDS")
        ->check(CLI::Range(1U, longest_timeout));
    app.add_option("--extra-opts", "Options out of an INI file: SECTION, SECTION@FILE or @FILE")->type_name("[SECTION][@FILE]");
    // What --extra-opts brings comes first, and the command line wins.
    for (CLI::Option* option : app.get_options()) {
        if (option->get_type_size() != 1 || option->get_expected_max() != 1) continue;
        option->take_last();
        // A variable that was not set must not pass for a default: another ring would be looked at.
        option->check([](const std::string& text) { return text.empty() ? "want a value, there is none in ''" : std::string(); });
    }
}

}  // namespace virtscope::checks
