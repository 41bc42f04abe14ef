// virtscope: the command.
#include <cstdio>
#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "agent/ctl/commands.h"
#include "core/ring/path.h"

namespace virtscope {
namespace {

using Verb = int (*)(const Request&);

struct Chosen {
    Verb verb = nullptr;
    Request request;
    std::string format = "table";
};

CLI::App* add_verb(CLI::App& parent, const char* name, const char* help, Verb verb, Chosen& chosen) {
    CLI::App* const app = parent.add_subcommand(name, help);
    app->add_option("--ring", chosen.request.ring, "Ring file (default: $VIRTSCOPE_RING, else /var/lib/virtscope/ring)");
    app->add_option("--format", chosen.format, "table or json")->check(CLI::IsMember({"table", "json"}));
    app->callback([&chosen, verb] { chosen.verb = verb; });
    return app;
}

void declare(CLI::App& app, Chosen& chosen) {
    app.set_version_flag("--version", "virtscope " VIRTSCOPE_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 done, 1 the thing asked for is not there or not well, 2 wrong arguments, 3 the ring cannot "
        "be read.");
    add_verb(app, "list", "Guests, a line each", run_list, chosen)
        ->add_flag("--all", chosen.request.all, "Guests that are shut off, too");
    add_verb(app, "info", "Everything known of one guest, or of the host", run_info, chosen)
        ->add_option("guest", chosen.request.subject, "Name or UUID; without one, the host and the agent");
    add_verb(app, "doctor", "What works, which rights are missing, and what to do", run_doctor, chosen);
    CLI::App* const ring = app.add_subcommand("ring", "About ring files");
    ring->require_subcommand(1);
    add_verb(*ring, "info", "What a ring file holds", run_ring_info, chosen)
        ->add_option("file", chosen.request.subject, "The file (default: as --ring)");
}

int run(int argc, char** argv) {
    CLI::App app{"Looks at the guests of this host through the ring that virtscoped writes.", "virtscope"};
    Chosen chosen;
    declare(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);
        std::fprintf(stderr, "virtscope: %s; see virtscope --help\n", error.what());
        return exit_usage;
    }
    chosen.request.format = chosen.format == "json" ? Format::json : Format::table;
    if (chosen.verb == run_ring_info && !chosen.request.subject.empty()) chosen.request.ring = chosen.request.subject;
    chosen.request.ring = ring_path(chosen.request.ring);
    return chosen.verb(chosen.request);
}

}  // namespace
}  // namespace virtscope

int main(int argc, char** argv) { return virtscope::run(argc, argv); }
