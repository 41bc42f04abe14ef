// virtscope-export rrd: the ring into RRDtool's files, step by step.
#include <cerrno>
#include <memory>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exporters/base/complain.h"
#include "exporters/base/exit_codes.h"
#include "exporters/base/ready.h"
#include "exporters/exporter.h"
#include "exporters/rrd/session.h"

namespace virtscope::exporters::rrd {
namespace {

// rrdcached writes by itself: then we need not be able to.
Result<> check_folder(const Options& options) {
    const char* const folder = options.folder.c_str();
    const bool made = ::mkdir(folder, 0775) == 0;
    if (!made && errno != EEXIST) return fail_errno(errno, "{}: mkdir", options.folder);
    struct stat found {};
    if (::stat(folder, &found) != 0) return fail_errno(errno, "{}", options.folder);
    if (!S_ISDIR(found.st_mode)) return fail(ErrorKind::malformed, "{}: not a folder", options.folder);
    if (options.daemon.empty() && ::faccessat(AT_FDCWD, folder, R_OK | W_OK | X_OK, AT_EACCESS) != 0)
        return fail_errno(errno, "{}: cannot be written", options.folder);
    return {};
}

// With another one the files that it begins would lack all that is before the position.
Result<> check_layout(const Options& options, const std::optional<Position>& position) {
    const std::string asked = words_of(options.layout);
    if (!position || position->form.empty() || position->form == asked) return {};
    return fail(
        ErrorKind::malformed,
        "{} was begun with {}, not {}: give these options, or another --dir and --position; without that file it "
        "begins anew with all that the ring has",
        options.position, position->form, asked);
}

Result<std::unique_ptr<Store>> open_store(const Options& options) {
    if (auto folder = check_folder(options); !folder) return std::unexpected(folder.error());
    return options.daemon.empty() ? open_folder_store(options.folder)
                                  : open_daemon_store(options.daemon, options.folder);
}

int run(const Words& words, const Common& common) {
    const auto options = options_of(words);
    if (!options) {
        complain(options.error().message);
        return exit_usage;
    }
    // Before the threads, which are to leave signals to this one.
    const Signals signals;
    const auto store = open_store(*options);
    if (!store) {
        complain(store.error().message);
        return exit_no_way;
    }
    const auto held = hold_position(options->position);
    if (!held) {
        complain(held.error().message);
        return exit_no_way;
    }
    const auto position = load_position(options->position);
    if (!position) {
        complain(position.error().message);
        return exit_no_way;
    }
    if (auto same = check_layout(*options, *position); !same) {
        complain(same.error().message);
        return exit_no_way;
    }
    say_ready();
    return Session(*options, common, **store, *position).run(signals);
}

Run declare_exporter(CLI::App& app) {
    const auto words = std::make_shared<Words>();
    declare(app, *words);
    return [words](const Common& common) { return run(*words, common); };
}

}  // namespace
}  // namespace virtscope::exporters::rrd

namespace virtscope::exporters {

const Exporter rrd_exporter{"rrd", "Writes RRDtool's files, directly or through rrdcached", rrd::declare_exporter};

}  // namespace virtscope::exporters
