// virtscope-export: values of the ring to where others want them.
#include <fmt/format.h>

#include "core/ring/path.h"
#include "core/text.h"
#include "exporters/base/complain.h"
#include "exporters/base/exit_codes.h"
#include "exporters/exporter.h"

namespace virtscope::exporters {
namespace {

struct Given {
    std::string ring;
    FilterWords words;
    Run run;
};

void declare_common(CLI::App& app, Given& given, bool filters) {
    app.add_option("--ring", given.ring, "Ring file (default: $VIRTSCOPE_RING, else /var/lib/virtscope/ring)")
        ->type_name("FILE");
    if (!filters) return;
    const auto patterns = [&app](const char* name, std::vector<std::string>& into, const char* help) {
        app.add_option(name, into, help)->type_name("PATTERN")->allow_extra_args(false);
    };
    FilterWords& words = given.words;
    patterns("--guest", words.guests,
             "Only these guests: name, UUID, glob, /regex/, or !PATTERN: all but those (repeatable)");
    patterns("--exclude", words.excluded, "Not these guests, likewise (repeatable)");
    patterns("--device", words.devices, "Only these disks and network cards, likewise (repeatable)");
    patterns("--metric", words.metrics,
             "Only these metrics, by the names they are exported under, likewise (repeatable)");
}

void declare(CLI::App& app, Given& given) {
    app.set_version_flag("--version", "virtscope-export " VIRTSCOPE_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 told to stop, 1 failed later, 2 wrong arguments, 3 the ring cannot be read, 4 where values "
        "should "
        "go is barred (a port in use, a certificate, a folder). See virtscope-export(1).");
    for (const Exporter& exporter : all_exporters()) {
        CLI::App* const verb = app.add_subcommand(std::string(exporter.name), std::string(exporter.help));
        declare_common(*verb, given, exporter.filters);
        verb->callback([&given, run = exporter.declare(*verb)] { given.run = run; });
    }
}

// With whose help it can be mended; CLI11 says of a wrong verb only that one is missing.
std::string mistake_in(const CLI::App& app, const CLI::ParseError& error) {
    const auto verbs = app.get_subcommands();
    if (!verbs.empty())
        return fmt::format("{}; see virtscope-export {} --help", error.what(), verbs.front()->get_name());
    const auto strays = app.remaining();
    const bool is_wrong_verb = !strays.empty() && !strays.front().starts_with('-');
    return fmt::format("{}; see virtscope-export --help",
                       is_wrong_verb ? "there is no '" + printable(strays.front(), 80) + "'" : error.what());
}

int run(int argc, char** argv) {
    CLI::App app{"Exports what virtscoped keeps in its ring.", "virtscope-export"};
    Given given;
    declare(app, given);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);
        complain(mistake_in(app, error));
        return exit_usage;
    }
    auto filter = Filter::make(given.words);
    if (!filter) {
        complain(filter.error().message);
        return exit_usage;
    }
    return given.run({.ring = ring_path(given.ring), .filter = std::move(*filter)});
}

}  // namespace
}  // namespace virtscope::exporters

int main(int argc, char** argv) { return virtscope::exporters::run(argc, argv); }
