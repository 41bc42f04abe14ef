#include "sampler/sampler.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "collectors/cpus.h"
#include "collectors/nodes.h"
#include "core/clock.h"
#include "core/descriptor_limit.h"
#include "core/text.h"
#include "drivers/table.h"
#include "sampler/displays.h"
#include "sampler/enlistment.h"
#include "sampler/host_facts.h"
#include "sampler/roster_events.h"

namespace virtscope {
namespace {

HostMetric bucket(GuestState state) {
    switch (state) {
        case GuestState::running:
        case GuestState::blocked: return HostMetric::guests_running;
        case GuestState::paused:
        case GuestState::paused_io:
        case GuestState::suspended: return HostMetric::guests_paused;
        case GuestState::shut_off: return HostMetric::guests_inactive;
        case GuestState::unknown:
        case GuestState::shutting_down:
        case GuestState::crashed:
        case GuestState::migrating: break;
    }
    return HostMetric::guests_other;
}

void count_guests(Frame& frame) {
    for (const auto metric : {HostMetric::guests_running, HostMetric::guests_paused, HostMetric::guests_inactive,
                              HostMetric::guests_other}) {
        frame.set(0, metric, 0);
    }
    for (std::size_t row = 0; row < frame.roster->guests.size(); ++row) {
        const auto metric = bucket(state_of(frame.get(row, GuestMetric::state).value_or(0)));
        frame.set(0, metric, *frame.get(0, metric) + 1);
    }
}

Result<> check_machines(const std::vector<std::string>& uris) {
    for (const std::string& uri : uris) {
        if (machine_of(uri) == machine_of(uris.front())) continue;
        return fail(ErrorKind::malformed,
                    "{} and {} are of two machines: one agent watches one; run a virtscoped for each, and virt-top -c "
                    "RING for each ring",
                    printable(uris.front()), printable(uri));
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Sampler>> Sampler::open(const SamplerOptions& options) {
    (void)raise_descriptor_limit().has_value();  // what cannot be opened for want of it is absent
    std::unique_ptr<Sampler> sampler(new Sampler);
    const auto uris = with_companions(options.uris.empty() ? local_uris(options.host) : options.uris);
    if (auto one = check_machines(uris); !one) return std::unexpected(one.error());
    if (auto apart = check_together(uris); !apart) return std::unexpected(apart.error());
    for (const std::string& uri : uris) {
        auto driver = open_driver(uri, options.host, options.drivers);
        if (!driver) return std::unexpected(driver.error());
        sampler->hands_.push_back({std::string((*driver)->name()), uri, (*driver)->lifecycle()});
        sampler->sources_.push_back({.driver = std::move(*driver), .processes = has_companion(uri)});
    }
    const bool whole = std::ranges::none_of(
        sampler->sources_, [](const Source& source) { return source.driver->processors() != nullptr; });
    sampler->roots_ = {.proc = options.host.proc, .sys = options.host.sys, .whole_machine = whole};
    sampler->collectors_ = all_collectors(sampler->roots_);
    sampler->is_elsewhere_ = std::ranges::any_of(
        sampler->sources_, [](const Source& source) { return source.driver->elsewhere() != nullptr; });
    if (sampler->is_elsewhere_)
        std::erase_if(sampler->collectors_, [](const auto& collector) { return collector->name() == "host"; });
    sampler->host_facts_ = read_host_facts(options.host.proc);
    sampler->host_facts_.hypervisor = beneath(options.host);
    sampler->monitor_deadline_ = options.drivers.monitor_deadline;
    return sampler;
}

void Sampler::sample(Frame& frame) {
    refresh_drivers();
    if (!roster_is_current()) {
        rebuild_roster();
    } else {
        place_slots();
    }
    frame.realtime = clock_ns(CLOCK_REALTIME);
    frame.monotonic = clock_ns(CLOCK_MONOTONIC);
    frame.boottime = clock_ns(CLOCK_BOOTTIME);
    frame.reset(roster_);
    for (const auto& collector : collectors_) collector->collect(slots_, frame);
    look_for_cpus(frame);
    fill_displays(slots_, frame);
    ask_drivers(frame);
    count_guests(frame);
    frame.events = std::exchange(events_, {});
}

// CPUs come and go one by one: so many more or fewer than at the last tick are others than the roster has.
void Sampler::look_for_cpus(const Frame& frame) {
    const auto online = frame.get(0, HostMetric::cpus);
    cpus_changed_ = cpus_ && online && *online != *cpus_;
    cpus_ = online;
}

void Sampler::tend() {
    for (const Source& source : sources_) source.driver->tend();
}

SamplerCounts Sampler::counts() const {
    SamplerCounts sum;
    for (const Source& source : sources_) {
        const DriverCounts counts = source.driver->counts();
        sum.questions += counts.questions;
        sum.spared += counts.spared;
    }
    return sum;
}

void Sampler::refresh_drivers() {
    problems_.clear();
    // Only the first frame waits for monitors to be connected: a one-shot reader wants their answers. A daemon takes
    // longer to greet than a guest.
    constexpr Clock::duration for_daemons = std::chrono::seconds(1);
    const Clock::duration patience = roster_ ? Clock::duration::zero() : std::max(monitor_deadline_, for_daemons);
    for (Source& source : sources_) {
        const auto refreshed = source.driver->refresh(patience);
        source.answers = refreshed.has_value();
        if (!refreshed) problems_.push_back(fmt::format("{}: {}", source.driver->name(), refreshed.error().message));
    }
}

Result<> Sampler::reach(Clock::duration patience) {
    Result<> reached;
    for (Source& source : sources_) {
        auto answered = source.driver->refresh(patience);
        if (answered) return {};
        if (reached) reached = std::move(answered);
    }
    return reached;
}

// The clocks are ours, and so is the boot that they count from.
void Sampler::set_machine(RosterHost& host) const {
    for (const Source& source : sources_) {
        const RosterHost* const machine = source.driver->elsewhere();
        if (machine == nullptr) continue;
        host = RosterHost{.name = machine->name, .boot_id = host_facts_.boot_id, .arch = machine->arch};
        return;
    }
}

// CPUs and nodes of the machine, as whoever fills their rows numbers them.
void Sampler::list_processors(Roster& roster) const {
    for (const Source& source : sources_) {
        if (const auto* const processors = source.driver->processors()) {
            roster.cpus = *processors;
            return;
        }
    }
    if (is_elsewhere_) return;
    roster.cpus = online_cpus(roots_);
    roster.nodes = nodes_with_memory(roots_);
}

bool Sampler::roster_is_current() {
    if (!roster_ || waits_ > 0 || cpus_changed_) return false;
    for (const Source& source : sources_) {
        if (source.driver->generation() != source.generation) return false;
    }
    return true;
}

std::vector<Party> Sampler::parties() const {
    std::vector<Party> parties;
    parties.reserve(sources_.size());
    for (const Source& source : sources_) {
        parties.push_back({source.driver->name(), source.driver->places(), source.processes, source.answers});
    }
    return parties;
}

// A guest that one driver tells of is looked for by the other at once. After some ticks in vain nobody waits any more:
// its process is in another namespace, say.
Enlistment Sampler::enlist_all(Roster& roster) {
    constexpr unsigned patience = 5;
    const bool patient = waits_ < patience;
    const auto now = clock_ns(CLOCK_REALTIME);
    Enlistment enlisted = enlist(parties(), now, patient, roster_.get(), roster);
    if (enlisted.waits) {
        roster = Roster{.host = roster.host, .cpus = roster.cpus, .nodes = roster.nodes};
        for (Source& source : sources_) {
            source.driver->look_again();
            source.answers = source.driver->refresh(Clock::duration::zero()).has_value();
        }
        enlisted = enlist(parties(), now, patient, roster_.get(), roster);
    }
    waits_ = enlisted.waits ? waits_ + 1 : 0;
    return enlisted;
}

void Sampler::rebuild_roster() {
    auto roster = std::make_shared<Roster>();
    roster->host = host_facts_;
    set_machine(roster->host);
    list_processors(*roster);
    Enlistment enlisted = enlist_all(*roster);
    hand_of_row_ = std::move(enlisted.manager);
    for (std::size_t i = 0; i < sources_.size(); ++i) {
        sources_[i].generation = sources_[i].driver->generation();
        sources_[i].slots = std::move(enlisted.slots[i]);
    }
    std::string& hypervisors = roster->host.hypervisor;
    for (const Source& source : sources_) {
        const std::string hypervisor = source.driver->hypervisor();
        if (!hypervisors.empty() && !hypervisor.empty()) hypervisors += ", ";
        hypervisors += hypervisor;
    }
    gather_slots();
    if (roster_) {
        auto happened = roster_events(*roster_, *roster);
        events_.insert(events_.end(), std::make_move_iterator(happened.begin()),
                       std::make_move_iterator(happened.end()));
    }
    roster_ = std::move(roster);
    for (const auto& collector : collectors_) collector->prepare(slots_);
}

// The drivers may have moved their places in memory; who they are has not changed.
void Sampler::place_slots() {
    for (Source& source : sources_) {
        const auto places = source.driver->places();
        for (std::size_t i = 0; i < source.slots.size(); ++i) {
            if (source.slots[i].place != nullptr) source.slots[i].place = &places[i];
        }
    }
    gather_slots();
}

// Collectors see each guest once: as the process it is, where it is one.
void Sampler::gather_slots() {
    slots_.clear();
    for (const Source& source : sources_) {
        for (const Slot& slot : source.slots) {
            if (slot.place != nullptr && slot.own_vcpus) slots_.push_back(slot);
        }
    }
}

void Sampler::ask_drivers(Frame& frame) {
    const Clock::time_point deadline = Clock::now() + monitor_deadline_;
    for (const Source& source : sources_) {
        source.driver->ask(source.slots, frame, deadline);
        auto happened = source.driver->take_events();
        events_.insert(events_.end(), std::make_move_iterator(happened.begin()),
                       std::make_move_iterator(happened.end()));
    }
}

}  // namespace virtscope
