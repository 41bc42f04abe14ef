#include "drivers/libvirt/local.h"

#include <algorithm>
#include <string>
#include <thread>

#include "core/clock.h"
#include "core/text.h"
#include "drivers/qemu/endpoint.h"
#include "drivers/unanswered.h"

namespace virtscope::libvirt {
namespace {

using namespace std::chrono_literals;

constexpr auto rest_before_settling = 2ms;

std::int64_t ns(Clock::time_point time) { return time.time_since_epoch() / std::chrono::nanoseconds{1}; }
std::uint64_t length(Clock::duration d) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, std::chrono::nanoseconds(d).count()));
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

// The last answer is known to hold. Also while a guest that had not moved is asked all the same, until the question has
// come to it: a libvirtd that is busy with others makes nobody stale; but not for longer than the proof is trusted.
bool still_holds(const LocalGuest& guest, Clock::time_point now) {
    if (!guest.last) return false;
    if (guest.question == nullptr) return guest.proof.settled;
    return guest.held && now < guest.next_probe && qemu::holds(*guest.held, witness_of(guest, guest.held->needs_vcpus));
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
        guest.tasks = {};  // other disks may need other witnesses
        guest.next_look = {};
        guest.proof = {};
    }
    guests_ = std::move(kept);
}

void LocalGuests::expect_memory(const Uuid& uuid) {
    const auto guest = guests_.find(uuid);
    if (guest != guests_.end()) guest->second.memory_due = true;
}

bool LocalGuests::is_gone(const Uuid& uuid) const {
    const auto guest = guests_.find(uuid);
    return guest != guests_.end() && guest->second.process != nullptr && !guest->second.process->alive();
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

// Threads are looked for now and then. A daemon that was started anew may give a number of before to another run, which
// has another process.
void LocalGuests::look(LocalGuest& guest, Clock::time_point now) {
    if (guest.process == nullptr || now < guest.next_look) return;
    guest.next_look = now + options_.scan_interval;
    if (guest.process->alive()) {
        look_at_threads(guest);
    } else {
        forget_process(guest);
    }
}

// Decides about one guest; true: it is asked.
bool LocalGuests::plan(LocalGuest& guest, Clock::time_point now) {
    collect(guest, questions_, now);
    guest.stopped = false;
    look(guest, now);
    try_to_settle(guest);
    const qemu::Witness witness = witness_of(guest, guest.proof.needs_vcpus);
    if (!witness.usable) guest.next_look = now;
    const bool same = guest.last && qemu::holds(guest.proof, witness);
    if (same && now < guest.next_probe && !guest.memory_due) {
        ++counts_.spared;
        return false;
    }
    if (guest.question != nullptr || now < guest.not_before) return false;
    // A process that is stopped, or waits for a disk that does not answer, would keep the call and libvirt's lock of
    // the guest until it runs again.
    const char state = guest.process != nullptr ? state_of(*guest.process, guest.process->pid()) : '?';
    guest.stopped = state == 'T' || state == 't' || state == 'D';
    if (guest.stopped) return false;
    put_question(guest, !same, now);
    return true;
}

// Asking over libvirt costs several times what a monitor of one's own does: an idle guest is asked with what is slow,
// and not about its memory, which its main thread tells of (and a guest that changes its size makes an event).
void LocalGuests::put_question(LocalGuest& guest, bool moved, Clock::time_point now) {
    guest.question = std::make_shared<Question>();
    guest.question->domain = guest.domain;
    guest.question->disks = disks_to_ask(*guest.definition);
    guest.question->memory = guest.memory_due || (moved && now >= guest.next_memory);
    if (guest.question->memory) guest.next_memory = now + options_.slow_interval;
    guest.memory_due = false;
    // Those that were started together are not to be asked together for ever.
    const Clock::duration interval = std::max(options_.probe_interval, options_.slow_interval);
    guest.next_probe =
        now + (guest.last ? interval : interval / 2 + interval / 32 * static_cast<int>(counts_.questions % 16));
    guest.held = moved ? std::nullopt : std::optional(guest.proof);
    const qemu::Witness witness = witness_of(guest);
    guest.proof.settled = false;
    guest.proof.before = witness.usable ? std::optional(witness) : std::nullopt;
    questions_.put(guest.question);
    ++counts_.questions;
}

// An event, and the note that stands until it answers again.
void LocalGuests::tell(const Slot& slot, LocalGuest& guest, bool stale, std::vector<Event>& events) const {
    guest.told_stale = stale;
    guest.note.clear();
    std::string text = "answers again";
    if (stale) {
        const auto call = guest.question != nullptr ? questions_.pending(*guest.question) : std::nullopt;
        if (call) {
            const std::int64_t waited = ns(Clock::now()) - ns(call->begun);
            text = unanswered_for(call->function, waited);
            guest.note = "libvirt: " + unanswered_since(call->function, clock_ns(CLOCK_REALTIME) - waited);
        } else {
            text = guest.stopped ? "not asked: its process is stopped or waits for storage"
                   : guest.question != nullptr ? "not asked yet: libvirt is busy with other guests"
                                               : "does not answer libvirt";
            guest.note = "libvirt: " + text;
        }
    }
    events.push_back({stale ? EventKind::monitor_lost : EventKind::monitor_back, slot.place->uuid, slot.place->name,
                      std::move(text)});
}

std::string_view LocalGuests::note_of(const Uuid& uuid) const {
    const auto guest = guests_.find(uuid);
    return guest != guests_.end() ? std::string_view(guest->second.note) : std::string_view();
}

void LocalGuests::report(const Slot& slot, LocalGuest& guest, Clock::time_point tick, Frame& frame,
                         std::vector<Event>& events) const {
    const auto now = Clock::now();
    const bool spared = still_holds(guest, now);
    const bool stale =
        !spared && (guest.question != nullptr || guest.stopped || !guest.last || guest.last->asked < tick);
    if (stale != guest.told_stale && (guest.last || guest.told_stale)) tell(slot, guest, stale, events);
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
        if (slot.place == nullptr) continue;
        const auto guest = guests_.find(slot.place->uuid);
        if (guest == guests_.end() || slot.place->generation != guest->second.generation) continue;
        const bool was_asked = guest->second.question != nullptr;
        collect(guest->second, questions_, Clock::now());
        if (was_asked && guest->second.question == nullptr) try_to_settle(guest->second);
        report(slot, guest->second, tick, frame, events);
    }
}

}  // namespace virtscope::libvirt
