#include "drivers/simulated/counters.h"

#include <algorithm>

#include "drivers/simulated/clock.h"
#include "drivers/simulated/hash.h"

namespace virtscope::simulated {
namespace {

// A share of an integral. Monotonic in the integral, since rounding is.
std::uint64_t part(std::int64_t integral, double share) {
    return static_cast<std::uint64_t>(std::max(static_cast<double>(integral) * share, 0.0));
}

// How often something happened that happens `rate` times a second at level 1.
std::uint64_t times(std::int64_t integral, double rate) { return part(integral, rate / static_cast<double>(second)); }

// A slow gauge, 0 … 1: a new goal each hour, reached in a straight line.
double drift(std::uint64_t random, std::int64_t time) {
    const auto goal = [&](std::int64_t at) {
        return static_cast<double>(mix(random, static_cast<std::uint64_t>(at)) % 1024) / 1024;
    };
    const double share = static_cast<double>(time % hour) / static_cast<double>(hour);
    return goal(time / hour) * (1 - share) + goal(time / hour + 1) * share;
}

std::uint64_t scaled(std::uint64_t value, double share) {
    return static_cast<std::uint64_t>(static_cast<double>(value) * share);
}

// What the parts of a guest did in this life, in ns at level 1.
struct Activity {
    std::int64_t lived = 0;    // the moment, on the guest's own clock
    std::int64_t elapsed = 0;  // of that clock since the start
    std::int64_t daily = 0;
    std::int64_t crowd = 0;
    std::uint64_t run = 0, wait = 0;  // ns, of all vCPUs
    double disk_operations = 0;
    double packets = 0;
};

constexpr double daily_share = 0.45;  // of a vCPU's load that follows the day; the rest is noise

// What a vCPU runs at level 1. What is stolen from it cannot be run: the two are at most all of its time.
double weight_of(const SimGuest& guest, const SimVcpu& vcpu) {
    return std::min(guest.load * vcpu.weight, 1 - guest.steal);
}

struct Spent {
    std::uint64_t run = 0, wait = 0;  // ns
};

Spent spent_by(const SimGuest& guest, const SimVcpu& vcpu, const Waves& waves, const Activity& activity) {
    const std::int64_t noise = vcpu.noise.read(waves.noise, activity.lived);
    const double weight = weight_of(guest, vcpu);
    return {.run = part(activity.daily, daily_share * weight) + part(noise, (1 - daily_share) * weight),
            .wait = part(activity.crowd, guest.steal) + part(noise, guest.steal * 0.05)};
}

Activity activity_of(const SimGuest& guest, const Waves& waves, std::int64_t time) {
    Activity activity;
    activity.lived = lived(guest.habit, guest.life.start, time);
    activity.elapsed = activity.lived - guest.begun;
    activity.daily = guest.daily.read(wave_of(waves, guest.shape), activity.lived);
    activity.crowd = guest.crowd.read(waves.crowd, activity.lived);
    return activity;
}

// What QEMU's query-stats tells about a vCPU; its rates follow what the vCPU does.
void fill_exits(Frame& frame, std::size_t row, const SimGuest& guest, const Waves& waves, const Activity& activity,
                const SimVcpu& vcpu) {
    const std::int64_t noise = vcpu.noise.read(waves.noise, activity.lived);
    const std::int64_t idle_day = activity.elapsed - activity.daily;
    const std::int64_t idle_noise = activity.elapsed - noise;
    const double weight = weight_of(guest, vcpu);
    // A sum of parts that each only grow: the wall clock minus run time could step back by a rounding.
    const std::uint64_t halted = part(idle_day, daily_share * weight) + part(idle_noise, (1 - daily_share) * weight) +
                                 part(activity.elapsed, 1 - weight - guest.steal);
    frame.set(row, VcpuMetric::halted, waves.noise.level(activity.lived + vcpu.noise.offset) < 300 ? 1 : 0);
    frame.set(row, VcpuMetric::exits, times(activity.elapsed, 120) + times(noise, 40'000 * weight));
    frame.set(row, VcpuMetric::halt_exits, times(activity.elapsed, 40) + times(noise, 4'000 * weight));
    frame.set(row, VcpuMetric::halt_wait, scaled(halted, 0.97));
    frame.set(row, VcpuMetric::halt_poll, scaled(halted, 0.03));
    frame.set(row, VcpuMetric::irq_injections, times(activity.elapsed, 60) + times(noise, 9'000 * weight));
}

// A scheduler that moves a vCPU now and then.
void fill_whereabouts(Frame& frame, std::size_t row, const SimGuest& guest, std::size_t vcpu, const Spent& spent,
                      std::int64_t time) {
    const std::uint64_t cpus = std::max<std::uint64_t>(frame.get(0, HostMetric::cpus).value_or(1), 1);
    constexpr std::uint64_t clock_tick = 10'000'000;
    frame.set(row, VcpuMetric::cpu, mix(guest.random + vcpu, static_cast<std::uint64_t>(time / (7 * second))) % cpus);
    frame.set(row, VcpuMetric::guest_time, scaled(spent.run, 0.97) / clock_tick * clock_tick);
}

void fill_vcpus(Frame& frame, const Slot& slot, const SimGuest& guest, const Waves& waves, const Moment& now,
                Activity& activity) {
    activity.run = guest.banked_run;
    activity.wait = guest.banked_wait;
    for (std::size_t i = 0; i < guest.vcpus_now(); ++i) {
        const SimVcpu& vcpu = guest.vcpus[i];
        const std::size_t row = slot.first_vcpu + i;
        const Spent spent = spent_by(guest, vcpu, waves, activity);
        frame.table(Scope::Vcpu).row(row).time = now.steady;
        frame.set(row, VcpuMetric::time, spent.run);
        frame.set(row, VcpuMetric::wait, spent.wait);
        fill_whereabouts(frame, row, guest, i, spent, now.time);
        if (!guest.hung) fill_exits(frame, row, guest, waves, activity, vcpu);
        activity.run += spent.run;
        activity.wait += spent.wait;
    }
}

void fill_disk(Frame& frame, std::size_t row, const SimDisk& disk, const Waves& waves, const Activity& activity) {
    const std::uint64_t reads = times(disk.reads.read(waves.noise, activity.lived), disk.read_rate);
    const std::uint64_t writes = times(disk.writes.read(waves.noise, activity.lived), disk.write_rate);
    const std::uint64_t slowed = part(activity.crowd, 0.02);  // at peak hours the storage is slower
    frame.set(row, DiskMetric::read_ops, reads);
    frame.set(row, DiskMetric::read_bytes, scaled(reads, disk.read_size));
    frame.set(row, DiskMetric::read_time, scaled(reads, disk.latency) + slowed);
    frame.set(row, DiskMetric::write_ops, writes);
    frame.set(row, DiskMetric::write_bytes, scaled(writes, disk.write_size));
    frame.set(row, DiskMetric::write_time, scaled(writes, disk.latency * 1.4) + slowed);
    frame.set(row, DiskMetric::flush_ops, writes / 30);
    frame.set(row, DiskMetric::flush_time, scaled(writes / 30, disk.latency * 8));
    frame.set(row, DiskMetric::discard_ops, writes / 200);
    frame.set(row, DiskMetric::discard_bytes, writes / 200 * 1'048'576);
    frame.set(row, DiskMetric::discard_time, scaled(writes / 200, disk.latency * 2));
    frame.set(row, DiskMetric::failed_ops, 0);
    const std::int64_t level = waves.noise.level(activity.lived + disk.reads.offset);
    frame.set(row, DiskMetric::in_flight, static_cast<std::uint64_t>(level * level / 200'000));
    frame.set(row, DiskMetric::capacity, disk.capacity);
    frame.set(row, DiskMetric::allocation, disk.allocation);
    frame.set(row, DiskMetric::physical, disk.allocation);
}

void fill_disks(Frame& frame, const Slot& slot, const SimGuest& guest, const Waves& waves, const Moment& now,
                Activity& activity) {
    for (std::size_t i = 0; i < guest.disks_now(); ++i) {
        const SimDisk& disk = guest.disks[i];
        Row& row = frame.table(Scope::Disk).row(slot.first_disk + i);
        row.time = now.steady;
        if (guest.hung) {
            row.quality = Quality::stale;
        } else {
            fill_disk(frame, slot.first_disk + i, disk, waves, activity);
        }
        // The base disk alone: what the emulator spent must not shrink when the spare one goes.
        if (i == 0)
            activity.disk_operations += static_cast<double>(disk.reads.read(waves.noise, activity.lived)) *
                                        (disk.read_rate + disk.write_rate) / static_cast<double>(second);
    }
}

void fill_nics(Frame& frame, const Slot& slot, const SimGuest& guest, const Waves& waves, const Moment& now,
               Activity& activity) {
    for (std::size_t i = 0; i < guest.nics_now(); ++i) {
        const SimNic& nic = guest.nics[i];
        const std::size_t row = slot.first_nic + i;
        const std::uint64_t received = times(nic.receive.read(waves.noise, activity.lived), nic.receive_rate);
        const std::uint64_t sent = times(nic.send.read(waves.noise, activity.lived), nic.send_rate);
        frame.table(Scope::Nic).row(row).time = now.steady;
        frame.set(row, NicMetric::rx_bytes, scaled(received, nic.packet_size));
        frame.set(row, NicMetric::rx_packets, received);
        frame.set(row, NicMetric::rx_errors, 0);
        frame.set(row, NicMetric::rx_drops, received / 2'000'000);
        frame.set(row, NicMetric::tx_bytes, scaled(sent, nic.packet_size * 1.3));
        frame.set(row, NicMetric::tx_packets, sent);
        frame.set(row, NicMetric::tx_errors, 0);
        frame.set(row, NicMetric::tx_drops, 0);
        if (i == 0) activity.packets += static_cast<double>(received);
    }
}

void fill_memory(Frame& frame, const Slot& slot, const SimGuest& guest, const Moment& now, const Activity& activity) {
    const std::size_t row = slot.guest;
    const double busy = drift(guest.random, now.time);
    // One guest in four gives some of its memory back through the balloon.
    const double kept = guest.random >> 16 & 3 ? 1.0 : 0.75 + drift(guest.random + 1, now.time) / 4;
    const std::uint64_t balloon = guest.balloon != 0 ? guest.balloon : scaled(guest.memory, kept) >> 20 << 20;
    frame.set(row, GuestMetric::memory_max, guest.memory);
    frame.set(row, GuestMetric::memory_resident, scaled(balloon, 0.55 + busy * 0.4));
    frame.set(row, GuestMetric::major_faults, times(activity.elapsed, 0.002));
    frame.set(row, GuestMetric::minor_faults, 40'000 + times(activity.elapsed, 3));
    if (guest.hung) return;
    frame.set(row, GuestMetric::memory_balloon, balloon);
    if (!guest.reports_memory) return;
    const std::uint64_t available = scaled(balloon, 0.97);
    const std::uint64_t usable = scaled(available, 0.8 - busy * 0.6);
    const std::uint64_t unused = scaled(usable, 0.35);
    frame.set(row, GuestMetric::memory_available, available);
    frame.set(row, GuestMetric::memory_usable, usable);
    frame.set(row, GuestMetric::memory_unused, unused);
    frame.set(row, GuestMetric::memory_caches, usable - unused);
    const bool swaps = guest.random % 8 == 0;
    frame.set(row, GuestMetric::swap_in, swaps ? times(activity.daily, 20) * 4096 : 0);
    frame.set(row, GuestMetric::swap_out, swaps ? times(activity.daily, 30) * 4096 : 0);
    frame.set(row, GuestMetric::guest_major_faults, times(activity.daily, 0.5));
    frame.set(row, GuestMetric::guest_minor_faults, times(activity.elapsed, 20) + times(activity.daily, 900));
}

void fill_cpu(Frame& frame, const Slot& slot, const SimGuest& guest, const Activity& activity) {
    const std::size_t row = slot.guest;
    const auto emulator = times(activity.elapsed, 400'000) + static_cast<std::uint64_t>(activity.disk_operations * 2e3);
    const auto iothread = static_cast<std::uint64_t>(activity.disk_operations * 12e3);
    const auto vhost = static_cast<std::uint64_t>(activity.packets * 1.5e3);
    const std::uint64_t guest_code = scaled(activity.run, 0.93);
    const std::uint64_t kernel = scaled(activity.run, 0.07) + emulator + iothread + vhost;
    frame.set(row, GuestMetric::vcpus, guest.vcpus_now());
    frame.set(row, GuestMetric::vcpus_max, guest.vcpus.size());
    frame.set(row, GuestMetric::cpu_time, guest_code + kernel);
    frame.set(row, GuestMetric::cpu_user, guest_code);
    frame.set(row, GuestMetric::cpu_system, kernel);
    frame.set(row, GuestMetric::cpu_wait, activity.wait);
    frame.set(row, GuestMetric::cpu_emulator, emulator);
    frame.set(row, GuestMetric::cpu_iothread, iothread);
    frame.set(row, GuestMetric::cpu_vhost, vhost);
    frame.set(row, GuestMetric::start_time, static_cast<std::uint64_t>(guest.life.start));
}

void fill_monitor(Frame& frame, const Slot& slot, const SimGuest& guest, const Moment& now) {
    const std::size_t row = slot.guest;
    frame.set(row, GuestMetric::stale, guest.hung ? 1 : 0);
    frame.set(row, GuestMetric::state, static_cast<std::uint64_t>(guest.state));
    if (guest.hung) {
        frame.table(Scope::Guest).row(row).quality = Quality::stale;
        frame.set(row, GuestMetric::monitor_age, static_cast<std::uint64_t>(now.time - now.opened));
        return;
    }
    frame.set(row, GuestMetric::monitor_age, 0);
    const auto jitter = mix(guest.random, static_cast<std::uint64_t>(now.time / second)) % 600'000;
    frame.set(row, GuestMetric::monitor_latency, 180'000 + jitter);
}

}  // namespace

void fill(Frame& frame, const Slot& slot, const SimGuest& guest, const Waves& waves, const Moment& now) {
    Activity activity = activity_of(guest, waves, now.time);
    frame.table(Scope::Guest).row(slot.guest).time = now.steady;
    fill_vcpus(frame, slot, guest, waves, now, activity);
    fill_disks(frame, slot, guest, waves, now, activity);
    fill_nics(frame, slot, guest, waves, now, activity);
    fill_memory(frame, slot, guest, now, activity);
    fill_cpu(frame, slot, guest, activity);
    fill_monitor(frame, slot, guest, now);
    fill_guest_agent(frame, slot, guest, now);
}

void fill_off(Frame& frame, const Slot& slot, const SimGuest& guest, const Moment& now) {
    frame.table(Scope::Guest).row(slot.guest).time = now.steady;
    frame.set(slot.guest, GuestMetric::state, static_cast<std::uint64_t>(GuestState::shut_off));
    frame.set(slot.guest, GuestMetric::memory_max, guest.memory);
    frame.set(slot.guest, GuestMetric::vcpus_max, guest.vcpus.size());
}

void use_vcpus(SimGuest& guest, std::size_t count, const Waves& waves, std::int64_t time) {
    const Activity activity = activity_of(guest, waves, guest.clock(time));
    while (guest.vcpus_now() > count) {
        ++guest.parked;
        const Spent spent = spent_by(guest, guest.vcpus[guest.vcpus_now()], waves, activity);
        guest.banked_run += spent.run;
        guest.banked_wait += spent.wait;
    }
    while (guest.vcpus_now() < count && guest.parked != 0) {
        const Spent spent = spent_by(guest, guest.vcpus[guest.vcpus_now()], waves, activity);
        guest.banked_run -= spent.run;
        guest.banked_wait -= spent.wait;
        --guest.parked;
    }
}

}  // namespace virtscope::simulated
