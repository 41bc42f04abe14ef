#include "top/options/options.h"

#include <algorithm>
#include <charconv>

#include <CLI/CLI.hpp>

#include "core/clock.h"
#include "core/text.h"
#include "core/time_text.h"
#include "top/options/usage.h"
#include "top/terminal/theme.h"

namespace virtscope::top {
namespace {

struct Raw {
    bool batch = false, script = false, stream = false, no_mouse = false;
    std::optional<std::string> delay, iterations, sort, at, file, theme, colour;
};

Result<std::optional<std::uint64_t>> parse_iterations(std::string_view text) {
    if (text == "-1") return std::optional<std::uint64_t>();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value == 0) {
        return fail(ErrorKind::malformed, "-n '{}': must be a number of iterations from 1, or -1 for no end",
                    printable(text, 40));
    }
    return std::optional(value);
}

std::string known_sorts() {
    std::string known;
    for (const SortName& name : sort_names()) known += (known.empty() ? "" : ", ") + std::string(name.option);
    return known;
}

std::string known_themes() {
    std::string known;
    for (const std::string_view name : theme_names()) known += (known.empty() ? "" : ", ") + std::string(name);
    return known;
}

void declare(CLI::App& app, Options& options, Raw& raw) {
    app.set_version_flag("--version", "virt-top (virtscope) " VIRTSCOPE_VERSION);
    app.add_flag("-b", raw.batch, "Batch: print whole screens as text, no keys");
    app.add_option("-c,--connect", options.source.uris,
                   "Sample this host instead of reading a ring: kvm:///, test:///default?guests=N; repeatable")
        ->allow_extra_args(false);
    app.add_option("-d", raw.delay, "Seconds between screens (default: 3.0)")->take_last();
    app.add_option("-n", raw.iterations, "Stop after so many screens (default: -1, never)")->take_last();
    app.add_option("-o", raw.sort, "Sort by: " + known_sorts())->take_last();
    app.add_option("--csv", options.csv, "Write a line of figures per screen to this file")->take_last();
    app.add_flag("--script", raw.script, "No screen: for --csv");
    app.add_flag("--stream", raw.stream, "Print a table of the guests by ID each time");
    app.add_flag("--block-in-bytes", options.guests.block_bytes, "Bytes read and written instead of requests");
    app.add_option("--ring", options.source.ring, "Ring file (default: $VIRTSCOPE_RING, else /var/lib/virtscope/ring)")
        ->take_last();
    app.add_option("--file", raw.file, "Show this recording or copy of a ring")->take_last();
    app.add_option("--at", raw.at, "Begin at this time of the ring or recording")->take_last();
    app.add_option("--control", options.control, "Socket of the agent that takes orders")
        ->envname("VIRTSCOPE_CONTROL")
        ->take_last();
    app.add_flag("--readonly", options.readonly, "Give no orders to guests");
    app.add_option("--theme", raw.theme, "Colours: " + known_themes())->take_last();
    app.add_option("--color", raw.colour, "auto (default), never, always")->take_last();
    app.add_flag("--no-mouse", raw.no_mouse, "Leave the mouse to the terminal");
    app.add_flag("--ascii", options.terminal.ascii, "Draw with ASCII characters only");
    app.footer(usage_footer);
}

Result<> refine_terminal(TerminalOptions& terminal, const Raw& raw) {
    terminal.mouse = !raw.no_mouse;
    terminal.theme = raw.theme.value_or("");
    if (raw.theme && find_theme(*raw.theme) == nullptr) {
        return fail(ErrorKind::malformed, "--theme '{}': must be one of {}", printable(*raw.theme, 40), known_themes());
    }
    const auto colour = colour_choice(raw.colour.value_or("auto"));
    if (!colour) {
        return fail(ErrorKind::malformed, "--color '{}': must be auto, never or always", printable(*raw.colour, 40));
    }
    terminal.colour = *colour;
    return {};
}

Result<> check_source(const SourceOptions& source) {
    const bool samples = !source.uris.empty();
    if (samples && !source.ring.empty()) {
        return fail(ErrorKind::malformed, "--ring and --connect exclude each other: a ring says itself what is in it");
    }
    if (samples && !source.file.empty()) {
        return fail(ErrorKind::malformed,
                    "--file and --connect exclude each other: a recording says itself what is in it");
    }
    if (samples && source.at) {
        return fail(ErrorKind::malformed, "--at and --connect exclude each other: whoever samples knows no past");
    }
    if (!source.ring.empty() && !source.file.empty()) {
        return fail(ErrorKind::malformed,
                    "--file and --ring exclude each other: one is of the past, one of the present");
    }
    return {};
}

Result<> refine(Options& options, const Raw& raw) {
    if (raw.delay) {
        const auto delay = parse_delay(*raw.delay);
        if (!delay) return fail(ErrorKind::malformed, "-d {}", delay.error().message);
        options.delay = *delay;
    }
    if (raw.iterations) {
        const auto iterations = parse_iterations(*raw.iterations);
        if (!iterations) return std::unexpected(iterations.error());
        options.iterations = *iterations;
    }
    if (raw.sort) {
        const auto key = sort_by_name(*raw.sort);
        if (!key) {
            return fail(ErrorKind::malformed, "-o '{}': must be one of {}", printable(*raw.sort, 40), known_sorts());
        }
        options.guests.sort = *key;
    }
    if (raw.at) {
        const auto at = parse_time(*raw.at, clock_ns(CLOCK_REALTIME));
        if (!at) return fail(ErrorKind::malformed, "--at {}", at.error().message);
        options.source.at = *at;
    }
    if (raw.file && raw.file->empty())
        return fail(ErrorKind::malformed, "--file '': must be a recording or copy of a ring");
    options.source.file = raw.file.value_or("");
    if (auto fit = check_source(options.source); !fit) return fit;
    if (auto fit = refine_terminal(options.terminal, raw); !fit) return fit;
    if (raw.script && options.csv.empty())
        return fail(ErrorKind::malformed, "--script shows nothing: it needs --csv FILE");
    return {};
}

Mode mode_of(const Raw& raw) {
    if (raw.script) return Mode::script;
    if (raw.stream) return Mode::stream;
    return raw.batch ? Mode::batch : Mode::screen;
}

}  // namespace

Result<Parsed> parse_options(int argc, const char* const* argv) {
    CLI::App app{usage_about, "virt-top"};
    Parsed parsed;
    Raw raw;
    declare(app, parsed.options, raw);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        return Parsed{.options = {}, .print = app.help()};
    } catch (const CLI::CallForVersion& version) {
        return Parsed{.options = {}, .print = std::string(version.what()) + "\n"};
    } catch (const CLI::ParseError& error) {
        return fail(ErrorKind::malformed, "{}; see virt-top --help", printable(error.what()));
    }
    const auto refined = refine(parsed.options, raw);
    if (!refined) return std::unexpected(refined.error());
    parsed.options.mode = mode_of(raw);
    return parsed;
}

}  // namespace virtscope::top
