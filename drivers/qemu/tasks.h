// Tasks: the threads of one QEMU process and what they are for.
//
// The monitor names vCPU and I/O threads by id, in QEMU's own process id namespace. Without a
// monitor their names tell (QEMU sets them with -name …,debug-threads=on): "CPU 0/KVM", "IO io1".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <unordered_map>
#include <vector>

#include "drivers/place.h"
#include "drivers/process.h"
#include "drivers/qemu/decoder.h"

namespace virtscope::qemu {

class Tasks {
public:
    // Lists the threads if their number changed since the last time, or if `anyway`; names are read
    // of new ones only. True: there are other threads than before.
    bool update(const Process& process, bool anyway);

    // Thread id on this host of one that QEMU calls `thread`.
    std::optional<pid_t> host_id(const Process& process, std::int64_t thread) const;

    std::vector<VcpuPlace> vcpus(const Process& process, const std::vector<CpuThread>& told, unsigned configured) const;
    std::vector<TaskPlace> iothreads(const Process& process, const std::optional<std::vector<IoThread>>& told) const;
    // Threads named "vhost-PID" (since Linux 6.4 they are the guest's own) and, before, `kthread`.
    std::vector<TaskPlace> vhost(const Process& process, const std::string& proc, std::optional<pid_t> kthread) const;

private:
    std::unordered_map<pid_t, std::string> names_;
    std::uint64_t links_ = 0;
};

// "CPU 12/KVM" -> 12.
std::optional<unsigned> vcpu_of_name(std::string_view name);

// The last number of the line "NSpid:	4711	12": the id in the innermost namespace. 0 if there is none;
// `levels` becomes the number of namespaces.
std::int64_t innermost_id(std::string_view status, unsigned& levels);

}  // namespace virtscope::qemu
