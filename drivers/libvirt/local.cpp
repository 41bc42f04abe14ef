#include "drivers/libvirt/local.h"

#include <algorithm>
#include <string>
#include <thread>

#include "core/text.h"
#include "drivers/qemu/endpoint.h"

namespace virtscope::libvirt {
namespace {

using namespace std::chrono_literals;

constexpr auto rest_before_settling = 2ms;

std::int64_t ns(Clock::time_point time) { return time.time_since_epoch() / std::chrono::nanoseconds{1}; }
std::uint64_t length(Clock::duration d) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, std::chrono::nanoseconds(d).count()));
}

char state_of(const Process& process, pid_t tid) {
    const auto stat = process.read(("task/" + std::to_string(tid) + "/stat").c_str(), 4096);
    return stat ? qemu::parse_stat(*stat).state : '?';
}

bool all_asleep(const LocalGuest& guest) {
    const auto asleep = [&](const TaskPlace& task) { return state_of(*guest.process, task.tid) == 'S'; };
    return state_of(*guest.process, guest.process->pid()) == 'S' && std::ranges::all_of(guest.iothreads, asleep) &&
           std::ranges::all_of(guest.vcpus, [&](const VcpuPlace& vcpu) { return vcpu.task && asleep(*vcpu.task); });
}

qemu::Witness witness_of(const LocalGuest& guest, bool with_vcpus = true) {
    if (!guest.main) return {};
    return qemu::read_witness(*guest.main, guest.iothreads, guest.vcpus, with_vcpus);
}

// Whether the last answer still holds now that the guest has had time to fall asleep.
void try_to_settle(LocalGuest& guest) {
    qemu::Proof& proof = guest.proof;
    if (proof.settled || !proof.before) return;
    const qemu::Witness first = witness_of(guest);
    const bool asleep = first.vcpus == proof.before->vcpus && all_asleep(guest);
    const qemu::Witness second = asleep ? witness_of(guest) : first;
    if (first.vcpus != proof.before->vcpus) proof.before.reset();
    if (!proof.before || !qemu::settles(*proof.before, first, second, asleep)) return;
    proof.settled = true;
    proof.at = second;
    proof.before.reset();
}

// Threads may have come or gone: then nothing is proven.
void look_at_threads(LocalGuest& guest) {
    if (!guest.tasks.update(*guest.process, false)) return;
    auto main = TaskClock::open(*guest.process, guest.process->pid());
    guest.main = main ? std::optional(std::move(*main)) : std::nullopt;
    guest.vcpus = guest.tasks.vcpus(*guest.process, {}, guest.line.cpus);
    guest.iothreads = guest.tasks.iothreads(*guest.process, std::nullopt);
    guest.proof = {};
    const auto& disks = guest.definition->disks;
    guest.proof.needs_vcpus = !std::ranges::all_of(disks, [&](const DefinedDisk& disk) {
        return qemu::completes_at_home({disk.alias, !disk.source.empty(), disk.bus == "virtio", {}}, guest.line);
    });
}

// By libvirt's names; those without a medium are empty.
std::vector<std::string> disks_to_ask(const Definition& definition) {
    std::vector<std::string> names;
    names.reserve(definition.disks.size());
    for (const DefinedDisk& disk : definition.disks) names.push_back(disk.source.empty() ? std::string() : disk.target);
    return names;
}

// Takes the answer if there is one. One about other disks than the guest has now is thrown away.
void collect(LocalGuest& guest, const Questions& questions, Clock::time_point now) {
    if (guest.question == nullptr) return;
    auto answer = questions.look(*guest.question);
    if (!answer) return;
    const bool current = guest.question->disks == disks_to_ask(*guest.definition);
    const bool memory = guest.question->memory;
    guest.question.reset();
    if (!answer->problem.empty()) {
        guest.not_before = now + std::min<Clock::duration>(30s, 1s * (1U << std::min(guest.failures++, 5U)));
        guest.proof.before.reset();
        return;
    }
    if (!current) return;
    guest.failures = 0;
    if (memory) {
        guest.memory = answer->memory;
        guest.memory_is_new = true;
    }
    guest.last = std::move(answer);
}

// Gauges stand until they are read again; counters appear in the frame in which they were read, so that a rate is over
// the time between two readings.
void report_memory(std::size_t row, LocalGuest& guest, Frame& frame) {
    for (const auto& number : guest.memory) {
        const bool counter = metrics(Scope::Guest)[static_cast<std::size_t>(number.metric)].kind == Kind::counter;
        if (!counter || guest.memory_is_new) frame.set(row, number.metric, number.value);
    }
    guest.memory_is_new = false;
}

}  // namespace

void LocalGuests::adopt(const Snapshot& snapshot) {
    std::map<Uuid, LocalGuest> kept;
    for (const GuestStats& stats : snapshot.guests) {
        if (stats.domain == nullptr || stats.definition == nullptr) continue;
        const auto old = guests_.find(stats.place.uuid);
        const bool same = old != guests_.end() && old->second.generation == stats.place.generation;
        LocalGuest& guest = kept[stats.place.uuid] = same ? std::move(old->second) : LocalGuest{};
        guest.generation = stats.place.generation;
        guest.domain = stats.domain;
        if (guest.definition == stats.definition) continue;
        guest.definition = stats.definition;
        guest.last.reset();
        guest.proof.settled = false;
        guest.proof.before.reset();
    }
    guests_ = std::move(kept);
}

// A guest's process is the one QEMU that was started with its UUID.
void LocalGuests::find_processes(Clock::time_point now) {
    const auto lacks = [](const auto& entry) { return entry.second.process == nullptr; };
    if (now < next_scan_ || std::ranges::none_of(guests_, lacks)) return;
    next_scan_ = now + options_.scan_interval;
    std::vector<pid_t> known;
    for (const auto& [uuid, guest] : guests_) {
        if (guest.process != nullptr) known.push_back(guest.process->pid());
    }
    std::ranges::sort(known);
    for (const pid_t pid : scanner_.scan(known).qemu) {
        if (std::ranges::binary_search(known, pid)) continue;
        auto process = Process::open(host_.proc, pid);
        const auto cmdline = process ? process->read("cmdline") : std::unexpected(process.error());
        if (!cmdline) continue;
        auto line = qemu::parse_command_line(*cmdline);
        if (!qemu::belongs_to_libvirt(line)) continue;  // anybody can start a process with that UUID
        const auto guest = line.uuid ? guests_.find(*line.uuid) : guests_.end();
        if (guest == guests_.end() || guest->second.process != nullptr) continue;
        guest->second.process = std::make_shared<const Process>(std::move(*process));
        guest->second.line = std::move(line);
    }
}

// Decides about one guest; true: it is asked.
bool LocalGuests::plan(LocalGuest& guest, Clock::time_point now) {
    collect(guest, questions_, now);
    guest.stopped = false;
    if (guest.process != nullptr) look_at_threads(guest);
    try_to_settle(guest);
    if (guest.last && qemu::holds(guest.proof, witness_of(guest, guest.proof.needs_vcpus)) && now < guest.next_probe) {
        ++counts_.spared;
        return false;
    }
    if (guest.question != nullptr || now < guest.not_before) return false;
    // A stopped process would keep the call, and libvirt's lock of the guest, until it runs again.
    const char state = guest.process != nullptr ? state_of(*guest.process, guest.process->pid()) : '?';
    guest.stopped = state == 'T' || state == 't';
    if (guest.stopped) return false;
    guest.question = std::make_shared<Question>();
    guest.question->domain = guest.domain;
    guest.question->disks = disks_to_ask(*guest.definition);
    guest.question->memory = now >= guest.next_memory;
    if (guest.question->memory) guest.next_memory = now + options_.slow_interval;
    // Asking over libvirt costs several times what a monitor of one's own does: an idle guest is asked with what is slow.
    guest.next_probe = now + std::max(options_.probe_interval, options_.slow_interval);
    const qemu::Witness witness = witness_of(guest);
    guest.proof.settled = false;
    guest.proof.before = witness.usable ? std::optional(witness) : std::nullopt;
    questions_.put(guest.question);
    ++counts_.questions;
    return true;
}

void LocalGuests::report(const Slot& slot, LocalGuest& guest, Clock::time_point tick, Frame& frame,
                         std::vector<Event>& events) const {
    const auto now = Clock::now();
    const bool spared = guest.last && guest.question == nullptr && guest.proof.settled;
    const bool stale =
        !spared && (guest.question != nullptr || guest.stopped || !guest.last || guest.last->asked < tick);
    if (stale != guest.told_stale && (guest.last || guest.told_stale)) {
        events.push_back({stale ? EventKind::monitor_lost : EventKind::monitor_back, slot.place->uuid, slot.place->name,
                          stale ? "does not answer libvirt" : "answers again"});
        guest.told_stale = stale;
    }
    frame.set(slot.guest, GuestMetric::stale, stale ? 1 : 0);
    if (stale) frame.table(Scope::Guest).row(slot.guest).quality = Quality::stale;
    if (guest.last) {
        frame.set(slot.guest, GuestMetric::monitor_age, spared ? 0 : length(now - guest.last->answered));
        frame.set(slot.guest, GuestMetric::monitor_latency, length(guest.last->answered - guest.last->asked));
    }
    report_memory(slot.guest, guest, frame);
    const std::size_t disks = slot.own_disks ? slot.place->disks.size() : 0;
    for (std::size_t i = 0; i < disks; ++i) {
        Row& row = frame.table(Scope::Disk).row(slot.first_disk + i);
        if (stale) {
            row.quality = Quality::stale;
            continue;
        }
        if (guest.last->disks.size() != disks) continue;
        row.time = ns(spared ? tick : guest.last->asked + (guest.last->answered - guest.last->asked) / 2);
        for (const auto& number : guest.last->disks[i]) frame.set(slot.first_disk + i, number.metric, number.value);
    }
}

void LocalGuests::ask(std::span<const Slot> slots, Frame& frame, Clock::time_point deadline,
                      std::vector<Event>& events) {
    const auto tick = Clock::now();
    find_processes(tick);
    std::vector<std::shared_ptr<Question>> asked;
    for (auto& [uuid, guest] : guests_) {
        if (plan(guest, tick)) asked.push_back(guest.question);
    }
    if (!asked.empty()) {
        questions_.wait(asked, deadline);
        std::this_thread::sleep_until(std::min(deadline, Clock::now() + rest_before_settling));
    }
    for (const Slot& slot : slots) {
        const auto guest = slot.place != nullptr ? guests_.find(slot.place->uuid) : guests_.end();
        if (guest == guests_.end() || slot.place->generation != guest->second.generation) continue;
        const bool was_asked = guest->second.question != nullptr;
        collect(guest->second, questions_, Clock::now());
        if (was_asked && guest->second.question == nullptr) try_to_settle(guest->second);
        report(slot, guest->second, tick, frame, events);
    }
}

}  // namespace virtscope::libvirt
