#include "sampler/sampler.h"

#include <iterator>
#include <utility>

#include "core/clock.h"
#include "drivers/table.h"
#include "sampler/host_facts.h"
#include "sampler/roster_events.h"

namespace virtscope {
namespace {

template <class Device>
std::uint32_t append(std::vector<RosterInstance>& out, std::uint32_t guest, const std::vector<Device>& devices) {
    for (const Device& device : devices) out.push_back({guest, device.name, device.source});
    return static_cast<std::uint32_t>(devices.size());
}

// Adds one place to the roster; the slot says which rows became its own.
Slot enlist(Roster& roster, const Place& place, std::string_view driver) {
    const auto index = static_cast<std::uint32_t>(roster.guests.size());
    RosterGuest guest{.uuid = place.uuid,
                      .generation = place.generation,
                      .name = place.name,
                      .driver = std::string(driver),
                      .machine = place.machine,
                      .note = place.note,
                      .local_id = place.local_id};
    guest.first_vcpu = static_cast<std::uint32_t>(roster.vcpus.size());
    guest.first_disk = static_cast<std::uint32_t>(roster.disks.size());
    guest.first_nic = static_cast<std::uint32_t>(roster.nics.size());
    for (const VcpuPlace& vcpu : place.vcpus) roster.vcpus.push_back({index, std::to_string(vcpu.index), {}});
    guest.vcpus = static_cast<std::uint32_t>(place.vcpus.size());
    guest.disks = append(roster.disks, index, place.disks);
    guest.nics = append(roster.nics, index, place.nics);
    const Slot slot{&place, index, guest.first_vcpu, guest.first_disk, guest.first_nic};
    roster.guests.push_back(std::move(guest));
    return slot;
}

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

}  // namespace

Result<std::unique_ptr<Sampler>> Sampler::open(const SamplerOptions& options) {
    std::unique_ptr<Sampler> sampler(new Sampler);
    const auto uris = options.uris.empty() ? local_uris(options.host) : options.uris;
    for (const std::string& uri : uris) {
        auto driver = open_driver(uri, options.host, options.drivers);
        if (!driver) return std::unexpected(driver.error());
        sampler->sources_.push_back({.driver = std::move(*driver)});
    }
    sampler->collectors_ = all_collectors({.proc = options.host.proc, .sys = options.host.sys});
    sampler->host_facts_ = read_host_facts(options.host.proc);
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
    ask_drivers(frame);
    count_guests(frame);
    frame.events = std::exchange(events_, {});
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
    // Only the first frame waits for monitors to be connected: a one-shot reader wants their answers.
    const Clock::duration patience = roster_ ? Clock::duration::zero() : monitor_deadline_;
    for (Source& source : sources_) {
        const auto refreshed = source.driver->refresh(patience);
        if (!refreshed) problems_.push_back(fmt::format("{}: {}", source.driver->name(), refreshed.error().message));
    }
}

bool Sampler::roster_is_current() {
    if (!roster_) return false;
    for (const Source& source : sources_) {
        if (source.driver->generation() != source.generation) return false;
    }
    return true;
}

void Sampler::rebuild_roster() {
    auto roster = std::make_shared<Roster>();
    roster->host = host_facts_;
    slots_.clear();
    for (Source& source : sources_) {
        source.generation = source.driver->generation();
        source.first_slot = slots_.size();
        for (const Place& place : source.driver->places()) {
            slots_.push_back(enlist(*roster, place, source.driver->name()));
        }
        source.slots = slots_.size() - source.first_slot;
        const std::string hypervisor = source.driver->hypervisor();
        if (!roster->host.hypervisor.empty() && !hypervisor.empty()) roster->host.hypervisor += ", ";
        roster->host.hypervisor += hypervisor;
    }
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
    for (const Source& source : sources_) {
        const auto places = source.driver->places();
        for (std::size_t i = 0; i < source.slots; ++i) slots_[source.first_slot + i].place = &places[i];
    }
}

void Sampler::ask_drivers(Frame& frame) {
    const Clock::time_point deadline = Clock::now() + monitor_deadline_;
    for (const Source& source : sources_) {
        const std::span<const Slot> own = std::span(slots_).subspan(source.first_slot, source.slots);
        source.driver->ask(own, frame, deadline);
        auto happened = source.driver->take_events();
        events_.insert(events_.end(), std::make_move_iterator(happened.begin()),
                       std::make_move_iterator(happened.end()));
    }
}

}  // namespace virtscope
