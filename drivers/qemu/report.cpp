#include "drivers/qemu/report.h"

#include <algorithm>

namespace virtscope::qemu {
namespace {

std::int64_t ns(Clock::time_point time) { return time.time_since_epoch() / std::chrono::nanoseconds{1}; }

// To the microsecond: what is finer is noise.
std::uint64_t microseconds(Clock::duration duration) {
    const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(duration);
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, std::chrono::nanoseconds(whole).count()));
}

std::optional<Clock::time_point> answered(const Guest& guest, Command command) {
    return guest.link.facts().answered[static_cast<std::size_t>(command)];
}

template <MetricOfScope M>
void set_if(Frame& frame, std::size_t row, M metric, const std::optional<std::uint64_t>& value) {
    if (value) frame.set(row, metric, *value);
}

void report_static(const Slot& slot, const Guest& guest, Frame& frame) {
    const Place& place = *slot.place;
    frame.set(slot.guest, GuestMetric::state, static_cast<std::uint64_t>(guest.state(place)));
    frame.set(slot.guest, GuestMetric::vcpus, place.vcpus.size());
    frame.set(slot.guest, GuestMetric::vcpus_max, std::max<std::size_t>(guest.line().max_cpus, place.vcpus.size()));
    set_if(frame, slot.guest, GuestMetric::memory_max, place.memory_max);
    if (place.start_realtime > 0) {
        frame.set(slot.guest, GuestMetric::start_time, static_cast<std::uint64_t>(place.start_realtime));
    }
}

// Gauges stand until they are read again; counters appear in the frame in which they were read, so
// that a rate is over the time between two readings.
void report_memory(std::size_t row, const MonitorFacts& facts, bool read_now, Frame& frame) {
    set_if(frame, row, GuestMetric::memory_balloon, facts.balloon);
    const GuestMemory& memory = facts.memory;
    if (memory.updated == 0) return;
    set_if(frame, row, GuestMetric::memory_unused, memory.unused);
    set_if(frame, row, GuestMetric::memory_available, memory.available);
    set_if(frame, row, GuestMetric::memory_usable, memory.usable);
    set_if(frame, row, GuestMetric::memory_caches, memory.caches);
    if (!read_now) return;
    set_if(frame, row, GuestMetric::swap_in, memory.swap_in);
    set_if(frame, row, GuestMetric::swap_out, memory.swap_out);
    set_if(frame, row, GuestMetric::guest_major_faults, memory.major_faults);
    set_if(frame, row, GuestMetric::guest_minor_faults, memory.minor_faults);
}

void report_vcpus(const Slot& slot, const MonitorFacts& facts, Frame& frame) {
    if (!slot.own_vcpus) return;
    for (std::size_t i = 0; i < slot.place->vcpus.size(); ++i) {
        const auto cpu = std::ranges::find(facts.cpus, slot.place->vcpus[i].index, &CpuThread::index);
        if (cpu == facts.cpus.end()) continue;
        const auto stats = std::ranges::find(facts.vcpu_stats, cpu->qom_path, &VcpuStats::qom_path);
        if (stats == facts.vcpu_stats.end()) continue;
        const std::size_t row = slot.first_vcpu + i;
        set_if(frame, row, VcpuMetric::exits, stats->exits);
        set_if(frame, row, VcpuMetric::halt_exits, stats->halt_exits);
        set_if(frame, row, VcpuMetric::halt_wait, stats->halt_wait);
        set_if(frame, row, VcpuMetric::halt_poll, stats->halt_poll);
        set_if(frame, row, VcpuMetric::irq_injections, stats->irq_injections);
        set_if(frame, row, VcpuMetric::halted, stats->halted);
    }
}

const DiskStats* find_disk(const MonitorFacts& facts, std::size_t i, const std::string& name) {
    if (i < facts.disks.size() && facts.disks[i].name == name) return &facts.disks[i];
    const auto found = std::ranges::find(facts.disks, name, &DiskStats::name);
    return found != facts.disks.end() ? &*found : nullptr;
}

void report_disks(const Slot& slot, const MonitorFacts& facts, std::int64_t time, Frame& frame) {
    if (!slot.own_disks) return;
    for (std::size_t i = 0; i < slot.place->disks.size(); ++i) {
        const std::size_t row = slot.first_disk + i;
        const std::string& name = slot.place->disks[i].name;
        const DiskStats* disk = find_disk(facts, i, name);
        if (disk == nullptr) continue;
        frame.table(Scope::Disk).row(row).time = time;
        for (std::size_t column = 0; column < disk_counters; ++column) {
            if (disk->counters[column]) frame.table(Scope::Disk).set(row, column, *disk->counters[column]);
        }
        const auto image = std::ranges::find(facts.images, name, &DiskImage::name);
        if (image == facts.images.end()) continue;
        set_if(frame, row, DiskMetric::capacity, image->capacity);
        set_if(frame, row, DiskMetric::allocation, image->allocation);
        set_if(frame, row, DiskMetric::physical, image->physical);
    }
}

void mark_disks(const Slot& slot, Quality quality, Frame& frame) {
    if (!slot.own_disks) return;
    for (std::size_t i = 0; i < slot.place->disks.size(); ++i) {
        frame.table(Scope::Disk).row(slot.first_disk + i).quality = quality;
    }
}

}  // namespace

void report(const Slot& slot, const Guest& guest, const Outcome& outcome, Clock::time_point tick, Frame& frame) {
    const auto now = Clock::now();
    const Link& link = guest.link;
    const MonitorFacts& facts = link.facts();
    report_static(slot, guest, frame);
    const bool silent = outcome.stale || (!link.is_ready() && link.quality() == Quality::stale);
    frame.set(slot.guest, GuestMetric::stale, silent ? 1 : 0);
    if (silent) frame.table(Scope::Guest).row(slot.guest).quality = Quality::stale;
    const auto blockstats = answered(guest, Command::blockstats);
    if (silent || !link.is_ready() || !blockstats) {
        mark_disks(slot, silent ? Quality::stale : link.quality(), frame);
        if (const auto since = link.outstanding()) frame.set(slot.guest, GuestMetric::monitor_latency, microseconds(now - *since));
        if (blockstats) frame.set(slot.guest, GuestMetric::monitor_age, microseconds(now - *blockstats));
        return;
    }
    frame.set(slot.guest, GuestMetric::monitor_latency, microseconds(facts.latency));
    frame.set(slot.guest, GuestMetric::monitor_age, outcome.spared ? 0 : microseconds(now - *blockstats));
    const auto read_now = [&](Command command) { return answered(guest, command).value_or(tick) > tick; };
    report_memory(slot.guest, facts, read_now(Command::guest_stats), frame);
    if (read_now(Command::vcpu_stats)) report_vcpus(slot, facts, frame);
    if (outcome.spared) {
        report_disks(slot, facts, ns(now), frame);
    } else if (outcome.blockstats_sent && read_now(Command::blockstats)) {
        // QEMU took its snapshot at some time between question and answer.
        report_disks(slot, facts, ns(*outcome.blockstats_sent + (*blockstats - *outcome.blockstats_sent) / 2), frame);
    }
}

}  // namespace virtscope::qemu
