// LocalGuest: one run of a libvirt guest that is a QEMU process of this host, and whether it need be asked.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/libvirt/definition.h"
#include "drivers/libvirt/questions.h"
#include "drivers/qemu/command_line.h"
#include "drivers/qemu/tasks.h"
#include "drivers/qemu/witness.h"

namespace virtscope::libvirt {

// One run of a guest.
struct LocalGuest {
    std::uint64_t generation = 0;
    Domain domain;
    std::shared_ptr<const Definition> definition;

    std::shared_ptr<const Process> process;  // none: not found, it is asked every time
    qemu::CommandLine line;
    qemu::Tasks tasks;
    std::optional<TaskClock> main;
    std::vector<VcpuPlace> vcpus;
    std::vector<TaskPlace> iothreads;
    qemu::Proof proof;
    std::optional<qemu::Proof> held;  // when the question of now was put: the guest had not moved until then

    std::shared_ptr<Question> question;  // not answered yet
    std::optional<Answered> last;
    Clock::time_point next_probe, next_memory, next_look, not_before;
    unsigned failures = 0;
    bool memory_due = false;  // it may be another though the guest has not run
    std::vector<Number<GuestMetric>> memory;
    bool memory_is_new = false;  // not reported yet
    bool stopped = false;        // its process is, by a signal or by a disk it waits for
    bool told_stale = false;
    std::string note;  // why it is stale; empty: it is not
};

// What /proc says of one of its threads: 'S' asleep, 'T' stopped, 'D' waiting for a disk; '?' if it says nothing.
char state_of(const Process& process, pid_t tid);

// The figures of its threads now; not usable while its process is not known. drivers/qemu/witness.h says what for.
qemu::Witness witness_of(const LocalGuest& guest, bool with_vcpus = true);

// Whether the last answer still holds now that the guest has had time to fall asleep.
void try_to_settle(LocalGuest& guest);

// Threads may have come or gone: then nothing is proven.
void look_at_threads(LocalGuest& guest);

// The process has ended: what is left is what libvirt says.
void forget_process(LocalGuest& guest);

}  // namespace virtscope::libvirt
