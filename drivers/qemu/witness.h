// Witness: when a guest need not be asked for its block counters, because they cannot have moved.
//
// Asking is the dearest thing virtscope does (some 400 us of QEMU's time, nearly all of it waking
// QEMU up). The inference that saves it:
//   1. QEMU counts a request when it completes (block_acct_done, block_acct_failed). Completions are
//      callbacks of the disk's AioContext and run in its home: QEMU's main thread or an I/O thread.
//      Worker threads, linux-aio and io_uring all report there; a request that completes at once
//      still does so through a bottom half of that context.
//   2. Only a device whose register writes are handled in the vCPU thread itself (IDE, AHCI, NVMe, …,
//      virtio with ioeventfd=off) may reap completions there, when it submits with others in flight.
//      For guests with such a disk the vCPU threads are witnesses too.
//   3. The kernel counts in /proc/PID/task/TID/schedstat the time a thread ran and how often it was put
//      on a CPU. A thread that slept at one reading and has the same figures at a later one has not
//      run between.
// So: if all witnesses slept when the counters were known (the reading is *settled*) and have the same
// figures now, the counters are the same. Settled needs care, since QEMU takes its snapshot before we
// can read the witnesses again: a request may complete in between. Its completion interrupts the
// guest, so a vCPU runs; if none ran from before the question until the settled reading, none did.
// When that reading is made does not matter: a guest that was not yet asleep right after its answer
// may still be settled at the next tick, without being asked again.
//
// Limits, why a guest is asked now and then all the same (probe_interval): a guest that has masked or
// suppressed its disk's interrupts and sleeps while that very request completes in those few
// milliseconds; a guest that kicks a virtio disk before it has enabled it; an I/O thread added
// since the monitor was last asked for them; a kernel without scheduler statistics (all figures are
// zero) is no witness at all, and every guest is asked.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "drivers/place.h"
#include "drivers/process.h"
#include "drivers/qemu/command_line.h"
#include "drivers/qemu/decoder.h"

namespace virtscope::qemu {

// Sums over threads of figures that only grow: equal sums mean that none of them has run.
struct Witness {
    std::uint64_t home = 0;   // main thread and I/O threads
    std::uint64_t vcpus = 0;
    bool usable = false;      // every thread's clock could be read and has ever counted
};

// `with_vcpus` false leaves the vCPUs' sum 0, which saves a read for each of them.
Witness read_witness(const TaskClock& main, std::span<const TaskPlace> iothreads, std::span<const VcpuPlace> vcpus,
                     bool with_vcpus);

// What is known of a guest's counters.
struct Proof {
    bool settled = false;
    bool needs_vcpus = false;  // some disk may complete requests in a vCPU thread
    Witness at;
    std::optional<Witness> before;  // not settled yet: the figures before the question that was answered last
    bool unmoved = false;           // and the guest had not moved until that question
    std::uint64_t epoch = 0;   // grows when a guest that has moved of its own accord settles again; a
                               // question of ours to one that had not leaves it as it is
};

// The counters are those of the last answer.
bool holds(const Proof& proof, const Witness& now);

// Whether readings around an answer settle it: `before` the question, `first` and `second` after the
// answer, with a look at the threads' state in between that found them all asleep.
bool settles(const Witness& before, const Witness& first, const Witness& second, bool asleep);

// Whether requests of this disk complete only at home (rules 1 and 2). A disk that the command line
// does not explain is taken for one that does not; an empty drive completes none.
bool completes_at_home(const DiskStats& disk, const CommandLine& line);

}  // namespace virtscope::qemu
