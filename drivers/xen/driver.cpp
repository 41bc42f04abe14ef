#include "drivers/xen/driver.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <thread>

#include "core/clock.h"
#include "drivers/xen/rows.h"

namespace virtscope::xen {
namespace {

// Domain-0's boot is Xen's.
std::uint64_t boot_of(const std::string& proc) {
    std::ifstream file(proc + "/sys/kernel/random/boot_id");
    std::string id;
    std::getline(file, id);
    return std::hash<std::string>{}(id);
}

}  // namespace

XenDriver::XenDriver(Connect connect, std::unique_ptr<Store> store, std::string name, const DriverHost& host,
                     const DriverOptions& options, std::shared_ptr<Lifecycle> lifecycle)
    : connect_(std::move(connect)),
      store_(std::move(store)),
      name_(std::move(name)),
      lifecycle_(std::move(lifecycle)),
      census_(*store_, host, boot_of(host.proc)),
      slow_interval_(options.slow_interval) {}

Result<> XenDriver::connect(Clock::time_point now) {
    constexpr auto between_attempts = std::chrono::seconds(5);
    if (hypervisor_) return {};
    if (now >= next_attempt_) {
        next_attempt_ = now + between_attempts;
        auto connected = connect_();
        if (connected) {
            hypervisor_.emplace(std::move(*connected));
            return {};
        }
        refusal_ = connected.error();
    }
    return std::unexpected(refusal_);
}

Result<> XenDriver::look() {
    ++questions_;
    told_ = clock_ns(CLOCK_MONOTONIC);
    const auto domains = hypervisor_->domains();
    answers_ = domains.has_value();
    if (!domains) return std::unexpected(domains.error());
    census_.take(*domains, Clock::now());
    return {};
}

// On the first call names are waited for: a domain without one is not shown at once.
Result<> XenDriver::refresh(Clock::duration patience) {
    constexpr auto pause = std::chrono::milliseconds(5);
    // Who is known late is taken for one that has started: the first look takes as long as names are waited for.
    const auto until = Clock::now() + (patience > Clock::duration::zero() ? patience + Census::patience_with_names : patience);
    answers_ = machine_told_ = false;
    if (auto connected = connect(Clock::now()); !connected) return connected;
    auto looked = look();
    while (looked && !census_.is_complete() && Clock::now() < until) {
        std::this_thread::sleep_for(pause);
        looked = look();
    }
    if (patience > Clock::duration::zero()) census_.qdisks().await_first(Clock::now() + patience);
    const auto machine = hypervisor_->machine();
    const auto idle = hypervisor_->idle_times();
    machine_told_ = machine && idle;
    if (machine_told_ && machine_.take(*machine, *idle, clock_ns(CLOCK_MONOTONIC))) ++processors_changed_;
    return looked;
}

void XenDriver::ask(std::span<const Slot> slots, Frame& frame, Clock::time_point) {
    if (!answers_) {
        for (const Slot& slot : slots) {
            if (slot.place != nullptr) mark_untold(slot, frame);
        }
        return;
    }
    remember_places();
    ask_shares();
    for (std::size_t i = 0; i < slots.size(); ++i) {
        const Slot& slot = slots[i];
        if (slot.place == nullptr) continue;
        const abi::DomainInfo& domain = census_.domain(i);
        const DomainFacts* const facts = census_.facts(i);
        fill_guest(slot, domain, facts, told_, frame);
        fill_share(slot, memories_[i].share, frame);
        note_state(*slot.place, memories_[i], state_of_domain(domain));
        if (slot.own_disks) fill_disks(i, slot, facts, frame);
    }
    ask_vcpus(slots, frame);
    fill_machine(frame);
    census_.qdisks().ask();
}

void XenDriver::remember_places() {
    if (remembered_ == census_.generation()) return;
    remembered_ = census_.generation();
    std::vector<Memory> memories;
    for (const Place& place : census_.places()) {
        const auto known = std::ranges::find(memories_, place.generation, &Memory::run);
        memories.push_back(known != memories_.end() ? *known : Memory{.run = place.generation, .share = std::nullopt});
    }
    memories_ = std::move(memories);
    next_shares_ = {};
}

// Weights change when an administrator says so: they are asked for once in a while, and when domains have come.
void XenDriver::ask_shares() {
    const auto now = Clock::now();
    if (now < next_shares_) return;
    next_shares_ = now + slow_interval_;
    for (std::size_t i = 0; i < memories_.size(); ++i) memories_[i].share = hypervisor_->share(census_.domain(i).domain);
}

// Blocked and running take turns many times a second: that is no event.
void XenDriver::note_state(const Place& place, Memory& memory, GuestState now) {
    const GuestState before = std::exchange(memory.state, now);
    if (before == GuestState::unknown || before == now || (is_running(before) && is_running(now))) return;
    events_.push_back({EventKind::guest_state, place.uuid, place.name,
                       fmt::format("{} -> {}", state_name(before), state_name(now))});
}

void XenDriver::fill_disks(std::size_t i, const Slot& slot, const DomainFacts* facts, Frame& frame) {
    for (std::size_t disk = 0; disk < slot.place->disks.size(); ++disk) {
        const std::size_t row = slot.first_disk + disk;
        frame.table(Scope::Disk).row(row).time = clock_ns(CLOCK_MONOTONIC);
        census_.read_disk(i, disk, row, frame);
        if (facts == nullptr || disk >= facts->vbds.size() || !facts->vbds[disk].capacity) continue;
        frame.set(row, DiskMetric::capacity, *facts->vbds[disk].capacity);
    }
}

void XenDriver::ask_vcpus(std::span<const Slot> slots, Frame& frame) {
    vcpu_questions_.clear();
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (slots[i].place == nullptr || !slots[i].own_vcpus) continue;
        const auto domid = census_.domain(i).domain;
        for (const VcpuPlace& vcpu : slots[i].place->vcpus) vcpu_questions_.push_back({domid, vcpu.index});
    }
    ++questions_;
    const auto answers = hypervisor_->vcpus(vcpu_questions_);
    const std::int64_t time = clock_ns(CLOCK_MONOTONIC);
    if (!answers) return;
    std::size_t at = 0;
    for (const Slot& slot : slots) {
        if (slot.place == nullptr || !slot.own_vcpus) continue;
        fill_vcpus(slot, answers->subspan(at, slot.place->vcpus.size()), time, frame);
        at += slot.place->vcpus.size();
    }
}

void XenDriver::fill_machine(Frame& frame) {
    if (!machine_told_) return;
    const auto places = census_.places();
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (places[i].local_id == 0) machine_.fill(census_.domain(i).cpu_time, frame);
    }
}

}  // namespace virtscope::xen
