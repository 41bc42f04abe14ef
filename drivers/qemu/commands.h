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

// A command with what it takes.
struct Question {
    Command command;
    std::string path;  // a QOM path
    long seconds = 0;  // a polling interval
};

// "query-status", for messages.
std::string_view command_name(Command command);

// One line of QMP.
std::string command_text(const Question& question, std::uint64_t id);

}  // namespace virtscope::qemu
