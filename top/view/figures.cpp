#include "top/view/figures.h"

#include <algorithm>

namespace virtscope::top {
namespace {

constexpr std::size_t column(DiskMetric metric) { return static_cast<std::size_t>(metric); }
constexpr std::size_t column(NicMetric metric) { return static_cast<std::size_t>(metric); }
constexpr std::size_t cpu_time_column = static_cast<std::size_t>(GuestMetric::cpu_time);

struct Devices {
    Scope scope;
    std::size_t first;
    std::size_t count;
};

Devices devices_of(const FramePair& pair, std::size_t guest, Scope scope) {
    const RosterGuest& who = pair.now()->roster->guests[guest];
    if (scope == Scope::Disk) return {scope, who.first_disk, who.disks};
    return {scope, who.first_nic, who.nics};
}

template <class T>
void add(std::optional<T>& sum, std::optional<T> value) {
    if (value) sum = sum.value_or(T{}) + *value;
}

std::optional<double> rates(const FramePair& pair, const Devices& devices, std::size_t column) {
    std::optional<double> sum;
    for (std::size_t i = 0; i < devices.count; ++i) add(sum, pair.rate_of(devices.scope, devices.first + i, column));
    return sum;
}

std::optional<std::uint64_t> increases(const FramePair& pair, const Devices& devices, std::size_t column) {
    std::optional<std::uint64_t> sum;
    for (std::size_t i = 0; i < devices.count; ++i) {
        add(sum, pair.increase_of(devices.scope, devices.first + i, column));
    }
    return sum;
}

std::uint64_t& count_of(Totals& totals, GuestState state) {
    switch (state) {
        case GuestState::running: return totals.running;
        case GuestState::blocked: return totals.blocked;
        case GuestState::paused:
        case GuestState::paused_io:
        case GuestState::suspended:
        case GuestState::migrating: return totals.paused;
        case GuestState::shutting_down: return totals.shutting_down;
        case GuestState::shut_off: return totals.shut_off;
        case GuestState::crashed: return totals.crashed;
        case GuestState::unknown: break;
    }
    return totals.unknown;
}

std::optional<double> share_of_host(const FramePair& pair, std::optional<double> cpu_rate) {
    const auto cpus = pair.now()->get(0, HostMetric::cpus);
    if (!cpu_rate || !cpus || *cpus == 0) return std::nullopt;
    return *cpu_rate / 1e9 / static_cast<double>(*cpus) * 100;
}

}  // namespace

std::optional<std::size_t> row_of(const Frame& frame, const Uuid& guest) {
    const auto& guests = frame.roster->guests;
    const auto found = std::ranges::find(guests, guest, &RosterGuest::uuid);
    if (found == guests.end()) return std::nullopt;
    return static_cast<std::size_t>(found - guests.begin());
}

std::uint64_t vcpus_of(const Frame& frame, std::size_t guest) {
    return frame.get(guest, GuestMetric::vcpus).value_or(frame.roster->guests[guest].vcpus);
}

std::optional<double> cpu_percent(const FramePair& pair, std::size_t guest, CpuBase base) {
    const auto used = pair.rate(guest, GuestMetric::cpu_time);
    if (base == CpuBase::host) return share_of_host(pair, used);
    const std::uint64_t cpus = base == CpuBase::one_cpu ? 1 : vcpus_of(*pair.now(), guest);
    if (!used || cpus == 0) return std::nullopt;
    return *used / 1e9 / static_cast<double>(cpus) * 100;
}

std::optional<double> steal_percent(const FramePair& pair, std::size_t guest) {
    const auto waited = pair.rate(guest, GuestMetric::cpu_wait);
    const std::uint64_t vcpus = vcpus_of(*pair.now(), guest);
    if (!waited || vcpus == 0) return std::nullopt;
    return *waited / 1e9 / static_cast<double>(vcpus) * 100;
}

std::optional<std::uint64_t> memory_of(const Frame& frame, std::size_t guest) {
    const auto balloon = frame.get(guest, GuestMetric::memory_balloon);
    return balloon ? balloon : frame.get(guest, GuestMetric::memory_max);
}

std::optional<double> memory_percent(const Frame& frame, std::size_t guest) {
    const auto memory = memory_of(frame, guest);
    const auto host = frame.get(0, HostMetric::memory_total);
    if (!memory || !host || *host == 0) return std::nullopt;
    return static_cast<double>(*memory) / static_cast<double>(*host) * 100;
}

std::optional<std::chrono::nanoseconds> monitor_age(const Picture& picture, std::size_t guest) {
    const auto at_sampling = picture.frame().get(guest, GuestMetric::monitor_age);
    if (!at_sampling || (!picture.age && !picture.is_history)) return std::nullopt;
    constexpr std::uint64_t longest = 3'000'000'000'000'000'000;  // 95 years; what a damaged ring says may be more
    const std::chrono::nanoseconds age(static_cast<std::int64_t>(std::min(*at_sampling, longest)));
    if (picture.is_history) return age;
    return age + std::min(*picture.age, std::chrono::nanoseconds(longest));
}

bool is_stale(const Frame& frame, std::size_t guest) {
    return frame.table(Scope::Guest).row(guest).quality == Quality::stale ||
           frame.get(guest, GuestMetric::stale).value_or(0) != 0;
}

GuestState state_of_guest(const Frame& frame, std::size_t guest) {
    const auto state = frame.get(guest, GuestMetric::state);
    return state ? state_of(*state) : GuestState::unknown;
}

std::optional<double> rate_sum(const FramePair& pair, std::size_t guest, DiskMetric metric) {
    return rates(pair, devices_of(pair, guest, Scope::Disk), column(metric));
}
std::optional<double> rate_sum(const FramePair& pair, std::size_t guest, NicMetric metric) {
    return rates(pair, devices_of(pair, guest, Scope::Nic), column(metric));
}
std::optional<std::uint64_t> increase_sum(const FramePair& pair, std::size_t guest, DiskMetric metric) {
    return increases(pair, devices_of(pair, guest, Scope::Disk), column(metric));
}
std::optional<std::uint64_t> increase_sum(const FramePair& pair, std::size_t guest, NicMetric metric) {
    return increases(pair, devices_of(pair, guest, Scope::Nic), column(metric));
}

Totals totals_of(const FramePair& pair) {
    const Frame& frame = *pair.now();
    Totals totals;
    std::optional<double> cpu_rate;
    totals.guests = frame.roster->guests.size();
    for (std::size_t guest = 0; guest < totals.guests; ++guest) {
        const GuestState state = state_of_guest(frame, guest);
        ++count_of(totals, state);
        ++(is_active(state) ? totals.active : totals.inactive);
        if (is_stale(frame, guest)) ++totals.stale;
        add(cpu_rate, pair.rate(guest, GuestMetric::cpu_time));
        add(totals.cpu_time, pair.increase_of(Scope::Guest, guest, cpu_time_column));
        add(totals.memory, memory_of(frame, guest));
    }
    // A host without guests uses nothing for them: that is known.
    if (totals.guests == 0 && pair.interval() != 0) {
        cpu_rate = 0;
        totals.cpu_time = 0;
    }
    if (totals.guests == 0) totals.memory = 0;
    totals.cpu_percent = share_of_host(pair, cpu_rate);
    return totals;
}

Totals sum_of(const Totals& a, const Totals& b) {
    Totals sum = a;
    sum.guests += b.guests;
    sum.active += b.active;
    sum.inactive += b.inactive;
    sum.running += b.running;
    sum.blocked += b.blocked;
    sum.paused += b.paused;
    sum.shutting_down += b.shutting_down;
    sum.shut_off += b.shut_off;
    sum.crashed += b.crashed;
    sum.unknown += b.unknown;
    sum.stale += b.stale;
    sum.cpu_percent.reset();
    add(sum.cpu_time, b.cpu_time);
    add(sum.memory, b.memory);
    return sum;
}

}  // namespace virtscope::top
