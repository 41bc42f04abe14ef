// Guest: one QEMU process of this host: what it is, its monitor, and what was found out about when
// it needs to be asked again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "drivers/driver.h"
#include "drivers/qemu/command_line.h"
#include "drivers/qemu/displays.h"
#include "drivers/qemu/link.h"
#include "drivers/qemu/nics.h"
#include "drivers/qemu/schedule.h"
#include "drivers/qemu/tasks.h"
#include "drivers/qemu/witness.h"

namespace virtscope::qemu {

// Facts of the machine that all guests' descriptions need.
struct HostFacts {
    std::string proc;
    std::uint64_t boot = 0;          // hash of the boot id
    std::int64_t boot_realtime = 0;  // ns since the epoch
};
HostFacts read_host(const std::string& proc);

class Guest {
public:
    Guest(std::shared_ptr<const Process> process, CommandLine line, const DriverOptions& options);

    // Looks at threads and open descriptors where their number changed; `vhost_kthread` is what the scan
    // found to work for this guest. True: the place has to be described anew.
    bool look(const NicFinder& finder, std::optional<pid_t> vhost_kthread);

    // Everything but uuid and the note about it. Opens the threads' clocks.
    void describe(Place& place, const HostFacts& host);

    const Process& process() const { return *process_; }
    const CommandLine& line() const { return line_; }
    const TaskClock* main_clock() const { return main_ ? &*main_ : nullptr; }
    bool uses_kvm() const;
    GuestState state(const Place& place) const;

    Link link;
    Schedule schedule;
    Proof proof;
    std::string identity_note;  // why the uuid is not that of the command line

private:
    std::shared_ptr<const Process> process_;
    CommandLine line_;
    std::vector<DisplayPlace> displays_;
    Tasks tasks_;
    OpenFiles files_;
    std::uint64_t file_count_ = 0;
    std::vector<NicPlace> nics_;
    std::optional<pid_t> vhost_kthread_;
    std::optional<TaskClock> main_;
    bool stopped_ = false;  // by a signal, as of the last look at a guest without monitor
};

// Disks as far as the command line tells, for a guest whose monitor cannot be asked.
std::vector<DiskPlace> configured_disks(const CommandLine& line);

}  // namespace virtscope::qemu
