// virtscope: the command.
#include <cstdio>

#include "agent/ctl/verbs.h"
#include "core/ring/path.h"

namespace virtscope {
namespace {

Format format_named(const std::string& name) {
    if (name == "json") return Format::json;
    return name == "csv" ? Format::csv : Format::table;
}

int run(int argc, char** argv) {
    CLI::App app{
        "Looks at the guests of this host through the ring that virtscoped writes, and has virtscoped act on them.",
        "virtscope"};
    Chosen chosen;
    declare_verbs(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);
        std::fprintf(stderr, "virtscope: %s; see virtscope --help\n", error.what());
        return exit_usage;
    }
    if (chosen.graph) return run_graph(*chosen.graph);
    if (chosen.words.given) return run_words(chosen.words);
    Request& request = chosen.request;
    request.format = format_named(chosen.format);
    const bool about_a_file = chosen.run == run_ring_info || chosen.run == run_ring_verify;
    if (about_a_file && !request.subject.empty()) request.ring = request.subject;
    request.ring = ring_path(request.ring);
    return chosen.run(request);
}

}  // namespace
}  // namespace virtscope

int main(int argc, char** argv) { return virtscope::run(argc, argv); }
