// virtscope-export remote-write: the ring to whoever takes Prometheus' remote write.
#include <cerrno>
#include <memory>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exporters/base/complain.h"
#include "exporters/base/exit_codes.h"
#include "exporters/base/ready.h"
#include "exporters/remote_write/secret.h"
#include "exporters/remote_write/session.h"

namespace virtscope::exporters::remote_write {
namespace {

Result<> check_folder(const std::string& folder) {
    if (::mkdir(folder.c_str(), 0750) != 0 && errno != EEXIST) return fail_errno(errno, "{}: mkdir", folder);
    if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
        return fail_errno(errno, "{}: cannot be written", folder);
    return {};
}

// What is wrong with them is better said now than at the first request.
Result<> check_files(const Target& target) {
    if (!target.ca.empty()) {
        if (auto good = check_pem(target.ca, "CERTIFICATE", false); !good) return good;
    }
    if (!target.certificate.empty()) {
        if (auto good = check_pem(target.certificate, "CERTIFICATE", false); !good) return good;
        if (auto good = check_pem(target.key, "PRIVATE KEY", true); !good) return good;
    }
    for (const std::string& path : {target.bearer_token, target.basic_auth}) {
        if (path.empty()) continue;
        if (auto secret = read_secret(path); !secret) return std::unexpected(secret.error());
    }
    return {};
}

int refuse(const Error& error, int code) {
    complain(error.message);
    return code;
}

int run(const Words& words, const Common& common) {
    const auto options = options_of(words);
    if (!options) return refuse(options.error(), exit_usage);
    // Before the threads in which libcurl looks up names.
    Stopping stopping;
    if (auto good = check_folder(words.state_folder); !good) return refuse(good.error(), exit_no_way);
    if (auto good = check_files(options->target); !good) return refuse(good.error(), exit_no_way);
    const auto held = hold_position(options->position);
    if (!held) return refuse(held.error(), exit_no_way);
    const auto position = load_position(options->position);
    if (!position) return refuse(position.error(), exit_no_way);
    const auto library = load_curl();
    if (!library) return refuse(library.error(), exit_no_way);
    say_ready();
    return Session(*options, common, **library, stopping, *position).run();
}

Run declare_exporter(CLI::App& app) {
    const auto words = std::make_shared<Words>();
    declare(app, *words);
    return [words](const Common& common) { return run(*words, common); };
}

}  // namespace
}  // namespace virtscope::exporters::remote_write

namespace virtscope::exporters {

const Exporter remote_write_exporter{"remote-write", "Sends samples to a receiver of Prometheus' remote write",
                                     remote_write::declare_exporter};

}  // namespace virtscope::exporters
