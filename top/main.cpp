// virt-top: the terminal view.
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>

#include <unistd.h>

#include "core/text.h"
#include "top/run.h"

namespace virtscope::top {
namespace {

constexpr int exit_output = 1;
constexpr int exit_usage = 2;
constexpr int exit_source = 3;

int complain(const Error& error, int code) {
    std::fprintf(stderr, "virt-top: %s\n", printable(error.message, 1000).c_str());
    return code;
}

int finish(const Result<>& ran) {
    if (ran) return 0;
    return complain(ran.error(), ran.error().kind == ErrorKind::unsupported ? exit_usage : exit_output);
}

// What is printed of a recording begins where it begins; a screen of it shows the end first.
Result<Scene> first_look(SceneSource& source, const Options& options) {
    if (options.source.at) return source.at(*options.source.at, options.delay);
    const bool replays = !options.source.file.empty() && options.mode != Mode::screen;
    return replays ? source.go(Move::oldest, options.delay) : source.look(options.delay);
}

int run(int argc, char** argv) {
    const auto parsed = parse_options(argc, argv, [](const char* name) { return std::getenv(name); });
    if (!parsed) return complain(parsed.error(), exit_usage);
    for (const std::string& warning : parsed->warnings) std::fprintf(stderr, "virt-top: %s\n", warning.c_str());
    if (!parsed->print.empty()) return finish(write_all(STDOUT_FILENO, parsed->print, "standard output"));
    const Options& options = parsed->options;
    auto chosen = choose_source(options.source);
    if (!chosen) return complain(chosen.error(), exit_source);
    const auto source = one_host(std::move(*chosen));
    auto first = first_look(*source, options);
    if (!first) return complain(first.error(), exit_source);
    std::optional<CsvFile> csv;
    if (!options.csv.file.empty()) {
        auto file = CsvFile::open(options.csv.file, options.figures.block_bytes);
        if (!file) return complain(file.error(), exit_output);
        csv.emplace(std::move(*file));
    }
    Run work{options, *source, csv ? &*csv : nullptr, std::move(*first)};
    return finish(options.mode == Mode::screen ? run_on_terminal(std::move(work)) : run_unattended(std::move(work)));
}

}  // namespace
}  // namespace virtscope::top

// Whatever is thrown has unwound the terminal by the time it is told.
int main(int argc, char** argv) {
    std::setlocale(LC_CTYPE, "");
    try {
        return virtscope::top::run(argc, argv);
    } catch (const std::exception& error) {
        return virtscope::top::complain({virtscope::ErrorKind::system, error.what()}, virtscope::top::exit_output);
    }
}
