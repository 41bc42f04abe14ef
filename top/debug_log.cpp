#include "top/debug_log.h"

#include <cerrno>

#include <fcntl.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include "core/fd.h"
#include "core/text.h"

namespace virtscope::top {

void keep_no_log() { spdlog::set_level(spdlog::level::off); }

Result<> open_debug_log(const std::string& path) {
    const std::string name = "--debug " + printable(path);
    // spdlog makes missing folders and waits and tries again for what cannot be opened: that is found out before.
    if (const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0644)); !fd)
        return fail_errno(errno, "{}", name);
    try {
        auto logger = spdlog::basic_logger_st("virt-top", path, true);
        logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %l: %v");
        logger->set_level(spdlog::level::debug);
        logger->flush_on(spdlog::level::debug);
        logger->set_error_handler([](const std::string&) {});  // a full disk must not spoil the screen
        spdlog::set_default_logger(std::move(logger));
    } catch (const spdlog::spdlog_ex& error) {
        return fail(ErrorKind::system, "{}: {}", name, error.what());
    }
    return {};
}

}  // namespace virtscope::top
