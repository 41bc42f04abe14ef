// Commands: everything virtscope ever says to a monitor. One table, so that a look at it shows that
// watching a guest cannot change it: nothing here alters a guest but the one that has its balloon
// report memory statistics, which is sent only when the configuration asks for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace virtscope::qemu {

enum class Command : std::uint8_t {
    negotiate,   // qmp_capabilities
    status,      // query-status
    cpus,        // query-cpus-fast
    iothreads,   // query-iothreads
    blockstats,  // query-blockstats
    block,       // query-block
    balloon,     // query-balloon
    vcpu_stats,  // query-stats of the vCPUs, KVM's provider
    list,        // qom-list of the argument
    guest_stats, // qom-get of guest-stats at the argument
    poll_stats,  // qom-set of guest-stats-polling-interval
};
inline constexpr std::size_t command_count = 11;

// "query-status", for messages.
std::string_view command_name(Command command);

// One line of QMP. `path` is a QOM path and `seconds` a polling interval, for those that take them.
std::string command_text(Command command, std::uint64_t id, std::string_view path = {}, long seconds = 0);

}  // namespace virtscope::qemu
