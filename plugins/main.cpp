// check_virt: Nagios plugin over virtscope's ring.
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <malloc.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "core/freshness.h"
#include "plugins/check.h"
#include "plugins/command/request.h"
#include "plugins/watchdog.h"

namespace {

using namespace virtscope::checks;

constexpr std::string_view link_prefix = "check_virt_";
constexpr int keep_freed = 64 * 1024 * 1024;  // bytes

// A check lives for milliseconds: a large buffer that was freed is better used again than given back
// to the kernel and cleared anew, which cost as much as decoding the ring.
void tune_memory() {
    ::mallopt(M_MMAP_THRESHOLD, keep_freed);
    ::mallopt(M_TRIM_THRESHOLD, keep_freed);
}

// check_virt_cpu is check_virt cpu.
std::vector<std::string> arguments_of(int argc, char** argv) {
    std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    const std::string_view path = argc > 0 ? argv[0] : "";
    const std::string_view name = path.substr(path.rfind('/') + 1);
    if (name.starts_with(link_prefix)) {
        std::string mode(name.substr(link_prefix.size()));
        std::ranges::replace(mode, '_', '-');
        arguments.insert(arguments.begin(), std::move(mode));
    }
    return arguments;
}

// What is opened later must not become the standard output that is not there: an answer would go into it.
void fill_standard_descriptors() {
    int fd = -1;
    do {
        fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) ::close(fd);
}

bool print(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    fill_standard_descriptors();
    answer_deadly_signals();
    begin_guarded();
    tune_memory();
    arm_watchdog(default_timeout);
    try {
        const Answer answer = check(arguments_of(argc, argv), virtscope::read_now, arm_watchdog);
        // An answer that nobody could read is none.
        return static_cast<int>(print(answer.text) ? answer.status : Status::unknown);
    } catch (...) {
        print("VIRT UNKNOWN: check_virt ran out of memory or failed inside\n");
        return static_cast<int>(Status::unknown);
    }
}
