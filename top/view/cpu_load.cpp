#include "top/view/cpu_load.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "top/view/figures.h"

namespace virtscope::top {
namespace {

constexpr double percent = 1e7;  // of ns a second
constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

std::optional<double> share(const FramePair& pair, std::size_t cpu, std::initializer_list<CpuMetric> metrics) {
    double sum = 0;
    for (const CpuMetric metric : metrics) {
        const auto rate = pair.rate(cpu, metric);
        if (!rate) return std::nullopt;
        sum += *rate / percent;
    }
    // Clock ticks of several kinds, counted one by one, may come to a little more.
    return std::min(sum, 100.0);
}

// Xen tells how long a CPU ran domains, the host's own among them, and no other kinds of time.
bool tells_guests_only(const FramePair& pair, std::size_t cpu) {
    return pair.rate(cpu, CpuMetric::guest) && !pair.rate(cpu, CpuMetric::user) && !pair.rate(cpu, CpuMetric::system);
}

CpuLoad load_of(const FramePair& pair, std::size_t cpu) {
    using enum CpuMetric;
    const bool guests_only = tells_guests_only(pair, cpu);
    return {.name = pair.now()->roster->cpus[cpu].name,
            .busy = guests_only ? share(pair, cpu, {guest})
                                : share(pair, cpu, {CpuMetric::user, nice, system, irq, steal, guest}),
            .host = share(pair, cpu, {CpuMetric::user, nice, system, irq}),
            .steal = share(pair, cpu, {steal})};
}

// Places by number. Numbers have gaps where CPUs are offline.
std::vector<std::size_t> places_of(const std::vector<RosterInstance>& cpus) {
    std::vector<std::size_t> places;
    for (std::size_t place = 0; place < cpus.size(); ++place) {
        std::size_t number = 0;
        const std::string& name = cpus[place].name;
        constexpr std::size_t most = 65'536;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
        if (error != std::errc{} || end != name.data() + name.size() || number >= most) continue;
        if (number >= places.size()) places.resize(number + 1, nowhere);
        places[number] = place;
    }
    return places;
}

std::optional<std::size_t> place_of(const Frame& frame, const std::vector<std::size_t>& places, std::size_t vcpu) {
    const auto cpu = frame.get(vcpu, VcpuMetric::cpu);
    if (!cpu || *cpu >= places.size() || places[*cpu] == nowhere) return std::nullopt;
    return places[*cpu];
}

void add(CpuLoad& cpu, std::size_t guest, double run, std::optional<double> own) {
    // Guests come one after the other, so a guest's second vCPU on a CPU finds the first at the end.
    if (cpu.guests.empty() || cpu.guests.back().guest != guest) {
        cpu.guests.push_back({guest, run, own});
        return;
    }
    GuestOnCpu& known = cpu.guests.back();
    known.run += run;
    known.own = known.own && own ? std::optional(*known.own + *own) : std::nullopt;
}

// The scheduler's time is exact, the guest's is counted in clock ticks: the part is not shown as more than the whole.
void add_guest(const FramePair& pair, std::size_t guest, const std::vector<std::size_t>& places,
               std::vector<CpuLoad>& loads) {
    const RosterGuest& who = pair.now()->roster->guests[guest];
    for (std::size_t vcpu = who.first_vcpu; vcpu < std::size_t{who.first_vcpu} + who.vcpus; ++vcpu) {
        const auto run = pair.rate(vcpu, VcpuMetric::time);
        const auto place = place_of(*pair.now(), places, vcpu);
        if (!run || *run <= 0 || !place) continue;
        const auto own = pair.rate(vcpu, VcpuMetric::guest_time);
        add(loads[*place], guest, *run / percent, own ? std::optional(std::min(*own, *run) / percent) : std::nullopt);
    }
}

}  // namespace

std::vector<CpuLoad> cpu_loads(const FramePair& pair) {
    const Roster& roster = *pair.now()->roster;
    std::vector<CpuLoad> loads;
    loads.reserve(roster.cpus.size());
    for (std::size_t cpu = 0; cpu < roster.cpus.size(); ++cpu) loads.push_back(load_of(pair, cpu));
    const auto places = places_of(roster.cpus);
    for (std::size_t guest = 0; guest < roster.guests.size(); ++guest) add_guest(pair, guest, places, loads);
    for (CpuLoad& load : loads) {
        std::ranges::sort(load.guests, {}, [](const GuestOnCpu& on) { return std::pair(-on.run, on.guest); });
    }
    return loads;
}

std::vector<Waiting> waiting_guests(const FramePair& pair, const std::vector<CpuLoad>& loads) {
    const Roster& roster = *pair.now()->roster;
    const auto places = places_of(roster.cpus);
    std::vector<Waiting> waiting;
    for (std::size_t guest = 0; guest < roster.guests.size(); ++guest) {
        const auto waited = pair.rate(guest, GuestMetric::cpu_wait);
        if (!waited || *waited <= 0) continue;
        Waiting one{.guest = guest, .wait = steal_percent(pair, guest).value_or(0), .milliseconds = *waited / 1e6};
        const RosterGuest& who = roster.guests[guest];
        for (std::size_t vcpu = who.first_vcpu; vcpu < std::size_t{who.first_vcpu} + who.vcpus; ++vcpu) {
            const auto place = place_of(*pair.now(), places, vcpu);
            if (place && *place < loads.size() && pair.rate(vcpu, VcpuMetric::wait).value_or(0) > 0) {
                one.cpus.push_back(*place);
            }
        }
        std::ranges::sort(one.cpus);
        one.cpus.erase(std::ranges::unique(one.cpus).begin(), one.cpus.end());
        waiting.push_back(std::move(one));
    }
    std::ranges::sort(waiting, {}, [](const Waiting& one) { return std::pair(-one.wait, one.guest); });
    return waiting;
}

}  // namespace virtscope::top
