// Discovery: which processes of this host are QEMU system emulators.
//
// The kernel's word counts, not the process's own: /proc/PID/exe names the file that was executed,
// whatever argv[0] or comm claim. So a script called kvm is no guest, and a renamed argv[0] hides none.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <unordered_map>
#include <vector>

namespace virtscope::qemu {

// Target of /proc/PID/exe: qemu-system-*, qemu-kvm or kvm, also when the file was replaced by an
// update (" (deleted)") or is wrapped (".qemu-system-x86_64-wrapped").
bool is_qemu_executable(std::string_view exe);

// What a scan of /proc saw.
struct Scan {
    std::vector<pid_t> qemu;                      // in ascending order
    std::unordered_map<pid_t, pid_t> vhost_kthreads;  // process served -> kernel thread "vhost-PID", before Linux 6.4
};

class Scanner {
public:
    explicit Scanner(std::string proc) : proc_(std::move(proc)) {}

    // Reads one link per process, none for those in `known` (ascending), which are taken to be QEMU still.
    // A process that vanishes meanwhile is not in the result.
    Scan scan(std::span<const pid_t> known);

private:
    std::string proc_;
    std::unordered_map<pid_t, pid_t> kernel_threads_;  // those of the last scan; value: the process a vhost thread serves, or 0
};

// Fields of /proc/PID/stat that discovery needs.
struct ProcessStat {
    char state = '?';
    pid_t parent = 0;
    pid_t session = 0;
};
// `1234 (name) S 1 8377 8377 0 …`: zeros where it is cut short.
ProcessStat parse_stat(std::string_view stat);

}  // namespace virtscope::qemu
