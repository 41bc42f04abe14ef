// virt-top: the terminal view.
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "core/text.h"
#include "core/write_all.h"
#include "top/debug_log.h"
#include "top/run.h"
#include "top/source/logged_source.h"

namespace virtscope::top {
namespace {

constexpr int exit_output = 1;
constexpr int exit_usage = 2;
constexpr int exit_source = 3;

int complain(const Error& error, int code) {
    spdlog::error("{}", printable(error.message, 1000));
    std::fprintf(stderr, "virt-top: %s\n", printable(error.message, 1000).c_str());
    return code;
}

int finish(const Result<>& ran) {
    if (ran) return 0;
    const ErrorKind kind = ran.error().kind;
    const bool is_usage = kind == ErrorKind::unsupported || kind == ErrorKind::malformed;
    return complain(ran.error(), is_usage ? exit_usage : exit_output);
}

// What is printed of a recording begins where it begins; a screen of it shows the end first.
Result<Scene> first_look(SceneSource& source, const Options& options) {
    if (options.source.at) return source.at(*options.source.at, options.delay);
    auto scene = source.look(options.delay);
    const bool replays = scene && scene->is_history() && options.mode != Mode::screen;
    return replays ? source.go(Move::oldest, options.delay) : scene;
}

// Where it is not the terminal's, a warning is seen before the screen is there and again when it is gone.
void tell_warnings(const Parsed& parsed) {
    for (const std::string& warning : parsed.warnings) {
        spdlog::warn("{}", warning);
        std::fprintf(stderr, "virt-top: %s\n", warning.c_str());
    }
}

void log_start(const Options& options, int argc, char** argv) {
    std::string words;
    for (int i = 1; i < argc; ++i) words += " " + printable(argv[i]);
    spdlog::info("virt-top {}:{}", VIRTSCOPE_VERSION, words);
    spdlog::info("init file: {}", options.init_file.path.empty() ? "none" : printable(options.init_file.path));
}

int show(const Options& options, SceneSource& source) {
    auto first = first_look(source, options);
    if (!first) return complain(first.error(), exit_source);
    std::optional<CsvFile> csv;
    if (!options.csv.file.empty()) {
        auto file = CsvFile::open(options.csv, {options.guests, options.filter});
        if (!file) return complain(file.error(), exit_output);
        csv.emplace(std::move(*file));
    }
    Run work{options, source, csv ? &*csv : nullptr, std::move(*first)};
    return finish(options.mode == Mode::screen ? run_on_terminal(std::move(work)) : run_unattended(std::move(work)));
}

int run(int argc, char** argv) {
    const auto parsed = parse_options(argc, argv, [](const char* name) { return std::getenv(name); });
    if (!parsed) return complain(parsed.error(), exit_usage);
    if (!parsed->print.empty()) return finish(write_all(STDOUT_FILENO, parsed->print, "standard output"));
    const Options& options = parsed->options;
    if (!options.debug.empty()) {
        if (auto opened = open_debug_log(options.debug); !opened) return complain(opened.error(), exit_output);
    }
    log_start(options, argc, argv);
    tell_warnings(*parsed);
    auto chosen = choose_scene_source(options.source);
    if (!chosen) return complain(chosen.error(), exit_source);
    auto source = std::move(*chosen);
    if (!options.debug.empty()) source = logged(std::move(source));
    const int code = show(options, *source);
    spdlog::info("exit code {}", code);
    return code;
}

}  // namespace
}  // namespace virtscope::top

// Whatever is thrown has unwound the terminal by the time it is told.
int main(int argc, char** argv) {
    std::setlocale(LC_CTYPE, "");
    // Or ncurses asks gpm for the mouse of a Linux console, behind the back of whoever waits for keys.
    ::setenv("NCURSES_GPM_TERMS", "none", 0);
    virtscope::top::keep_no_log();
    try {
        return virtscope::top::run(argc, argv);
    } catch (const std::exception& error) {
        return virtscope::top::complain({virtscope::ErrorKind::system, error.what()}, virtscope::top::exit_output);
    }
}
