// check_virt: Nagios plugin over virtscope's ring.
#include <cerrno>
#include <malloc.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "core/freshness.h"
#include "plugins/check.h"
#include "plugins/watchdog.h"

namespace {

using namespace virtscope::checks;

constexpr unsigned default_limit = 10;       // seconds, until the command line is read
constexpr int keep_freed = 64 * 1024 * 1024;  // bytes

// A check lives for milliseconds: a large buffer that was freed is better used again than given back
// to the kernel and cleared anew, which cost as much as decoding the ring.
void tune_memory() {
    ::mallopt(M_MMAP_THRESHOLD, keep_freed);
    ::mallopt(M_TRIM_THRESHOLD, keep_freed);
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
    answer_deadly_signals();
    tune_memory();
    arm_watchdog(default_limit);
    try {
        const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
        const Answer answer = check(arguments, virtscope::read_now, arm_watchdog);
        // An answer that nobody could read is none.
        return static_cast<int>(print(answer.text) ? answer.status : Status::unknown);
    } catch (...) {
        print("VIRT UNKNOWN: check_virt ran out of memory or failed inside\n");
        return static_cast<int>(Status::unknown);
    }
}
