#include <CLI/CLI.hpp>

#include <algorithm>

#include "core/ring/path.h"
#include "core/text.h"
#include "plugins/command/extra_opts.h"
#include "plugins/command/mode.h"
#include "plugins/command/options.h"
#include "plugins/command/request.h"
#include "plugins/command/ring_address.h"
#include "plugins/terms/window_length.h"

namespace virtscope::checks {
namespace {

Result<std::vector<GuestPattern>> patterns(std::string_view option, const std::vector<std::string>& texts) {
    std::vector<GuestPattern> all;
    for (const std::string& text : texts) {
        auto pattern = GuestPattern::parse(text);
        if (!pattern) return fail(ErrorKind::malformed, "{}: {}", option, pattern.error().message);
        // Who is named twice is one all the same.
        const auto same = [&](const GuestPattern& each) { return each.text() == pattern->text(); };
        if (std::ranges::none_of(all, same)) all.push_back(std::move(*pattern));
    }
    return all;
}

Result<> take_guests(Given& given) {
    auto guests = patterns("--guest", given.guests);
    if (!guests) return std::unexpected(guests.error());
    auto excluded = patterns("--exclude", given.excluded);
    if (!excluded) return std::unexpected(excluded.error());
    given.request.guests = std::move(*guests);
    given.request.excluded = std::move(*excluded);
    return {};
}

Result<> take_time(Given& given) {
    if (given.request.mode->window.empty()) return {};
    const auto window = parse_window(given.window);
    if (!window) return std::unexpected(window.error());
    given.request.window = *window;
    if (given.stat.empty()) return {};
    const auto stat = parse_stat(given.stat);
    if (!stat) return std::unexpected(stat.error());
    given.request.stat = *stat;
    return {};
}

Result<> take_format(Given& given) {
    Format& format = given.request.format;
    if (given.format == "multi-line" || given.format == "nagios") return {};
    format = given.format == "json" ? Format::json : Format::mp_test_json;
    if (given.format == "json" || given.format == "mp-test-json") return {};
    return fail(ErrorKind::malformed, "--output-format {}: want multi-line, json or mp-test-json", printable(given.format, 40));
}

Result<> finish(Given& given) {
    Request& request = given.request;
    auto thresholds = ThresholdSet::parse(request.mode->measures, given.warning, given.critical);
    if (!thresholds) return std::unexpected(thresholds.error());
    request.thresholds = std::move(*thresholds);
    if (auto taken = take_guests(given); !taken) return taken;
    if (auto taken = take_time(given); !taken) return taken;
    if (auto taken = take_format(given); !taken) return taken;
    request.verbosity = static_cast<unsigned>(std::max(given.verbosity, 0));
    if (harmless(request.passive_service, 128) != request.passive_service)
        return fail(ErrorKind::malformed, "--passive-service {}: no service is called so: want at most 128 bytes without | ` $ ;", printable(request.passive_service, 80));
    if (request.passive_service.empty()) request.passive_service = fmt::format("virt {}", request.mode->name);
    if (!given.host.empty()) {
        if (!given.ring.empty()) return fail(ErrorKind::malformed, "-H and --ring: want one of them");
        auto ring = ring_of_address(given.host);
        if (!ring) return std::unexpected(ring.error());
        given.ring = std::move(*ring);
    }
    request.ring = ring_path(given.ring);
    return {};
}

using Parsed = Result<std::variant<Request, Told>>;

std::string example_text(const Mode& mode) {
    return fmt::format("\nExample: check_virt {} {}\nExit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.\n", mode.name, mode.example);
}

// One application a mode: each mode has the flags that mean something to it and no others.
Parsed parse_for(const Mode& mode, std::vector<std::string> rest) {
    CLI::App app(std::string(mode.help), fmt::format("check_virt {}", mode.name));
    app.set_version_flag("-V,--version", fmt::format("check_virt (virtscope) {}", VIRTSCOPE_VERSION));
    app.footer(example_text(mode));
    Given given;
    declare_options(app, mode, given);
    try {
        std::ranges::reverse(rest);  // as CLI11 wants it
        app.parse(std::move(rest));
    } catch (const CLI::CallForHelp&) {
        return Told{app.help()};
    } catch (const CLI::CallForVersion& version) {
        return Told{std::string(version.what()) + "\n"};
    } catch (const CLI::ExtrasError&) {
        return fail(ErrorKind::malformed, "{}: no argument of check_virt {}", printable(app.remaining().front(), 80), mode.name);
    } catch (const CLI::ParseError& error) {
        return fail(ErrorKind::malformed, "{}", error.what());
    }
    const auto finished = finish(given);
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
                       "Usage: check_virt MODE [OPTIONS], or by a link: check_virt_MODE [OPTIONS]\n\nModes:\n";
    for (const Mode& mode : all_modes()) text += fmt::format("  {:11} {}\n", mode.name, mode.help);
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
        if (mode.name != first) continue;
        auto expanded = expand_extra_opts({arguments.begin() + 1, arguments.end()});
        if (!expanded) return std::unexpected(expanded.error());
        return parse_for(mode, std::move(*expanded));
    }
    return fail(ErrorKind::malformed, "'{}' is no mode: want one of {}", first, mode_names());
}

}  // namespace virtscope::checks
