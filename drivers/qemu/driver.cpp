#include "drivers/qemu/driver.h"

#include <algorithm>
#include <poll.h>
#include <set>
#include <thread>

#include "drivers/qemu/agent_poll.h"
#include "drivers/qemu/open.h"

namespace virtscope::qemu {
namespace {

using namespace std::chrono_literals;

// Conversations that may be beginning at the same time.
constexpr std::size_t most_newcomers = 64;
constexpr std::size_t threads_for_agents = 8;  // each is kept for three seconds at most
constexpr auto poll_limit = 20ms;
constexpr auto nap = 3ms;

// With -daemonize the process that was started waits for the one that becomes the guest. That one
// was put into a session of its own, whose leader is gone.
bool is_launcher(const CommandLine& line, const ProcessStat& stat, pid_t pid, const std::string& proc) {
    if (!line.daemonize) return false;
    if (stat.session == pid) return true;
    const auto leader = Process::open(proc, stat.session);
    const auto leader_stat = leader ? leader->read("stat", 4096) : std::unexpected(leader.error());
    return leader_stat && parse_stat(*leader_stat).state != 'Z';  // a zombie only waits to be reaped
}

}  // namespace

QemuDriver::QemuDriver(const DriverHost& host, const DriverOptions& options, Watched watched)
    : host_(host),
      options_(options),
      watched_(watched),
      facts_(read_host(host.proc)),
      scanner_(host.proc),
      nics_(host.proc, host.sys),
      definitions_(watched == Watched::all ? std::make_shared<Definitions>(options.state_folder, host.proc) : nullptr),
      lifecycle_(std::make_shared<QemuLifecycle>(
          host.proc, QemuLifecycle::Means{options.use_monitors, options.guest_agent}, loans_, definitions_)) {
    if (options.guest_agent) agents_.emplace(options.guest_agent_interval, threads_for_agents);
}

Result<> QemuDriver::refresh(Clock::duration patience) {
    const auto now = Clock::now();
    monitors_.begin_tick();
    monitors_.poll(now + poll_limit);
    places_.resize(guests_.size());  // those that are only defined are appended anew
    bool changed = drop_dead();
    keep_guests(changed);
    if (now >= next_scan_) {
        next_scan_ = now + options_.scan_interval;
        changed = scan() || changed;
    }
    tend(now);
    if (patience > Clock::duration::zero()) wait_for_monitors(now + patience);
    if (changed) identify();
    for (std::size_t i = 0; i < guests_.size(); ++i) {
        // Half of an introduction would show disks without their images.
        const bool half = guests_[i]->link.is_settling();
        const bool told = !half && guests_[i]->link.take_changed();
        if (told || places_[i].process == nullptr) {
            describe(i);
            changed = true;
        }
    }
    changed = update_agents() || changed;
    changed = append_inactive(changed);
    if (!changed) return {};
    hypervisor_ = describe_hypervisor();
    ++generation_;
    return {};
}

// One call asks the kernel about all processes at once.
bool QemuDriver::drop_dead() {
    std::vector<pollfd> watched;
    watched.reserve(guests_.size());
    for (const auto& guest : guests_) watched.push_back({guest->process().pidfd(), POLLIN, 0});
    if (watched.empty() || ::poll(watched.data(), watched.size(), 0) <= 0) return false;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < guests_.size(); ++i) {
        if (watched[i].revents != 0) {
            loans_->release(Run::of(guests_[i]->process()));
            continue;
        }
        if (kept != i) {
            guests_[kept] = std::move(guests_[i]);
            places_[kept] = std::move(places_[i]);
        }
        ++kept;
    }
    guests_.resize(kept);
    places_.resize(kept);
    return true;
}

bool QemuDriver::scan() {
    // Those that are watched by pidfd are known to be alive; a QEMU never becomes another program.
    std::vector<pid_t> known;
    for (const auto& guest : guests_) known.push_back(guest->process().pid());
    std::ranges::sort(known);
    const Scan seen = scanner_.scan(known);
    bool changed = adopt(seen, known);
    for (std::size_t i = 0; i < guests_.size(); ++i) {
        const auto vhost = seen.vhost_kthreads.find(guests_[i]->process().pid());
        const auto kthread = vhost != seen.vhost_kthreads.end() ? std::optional(vhost->second) : std::nullopt;
        if (guests_[i]->look(nics_, kthread)) {
            places_[i].process = nullptr;  // to be described
            changed = true;
        }
    }
    return changed;
}

// Adds the processes that are new. One that cannot be read is tried again at the next scan.
bool QemuDriver::adopt(const Scan& scan, std::span<const pid_t> known) {
    bool added = false;
    for (const pid_t pid : scan.qemu) {
        if (std::ranges::binary_search(known, pid)) continue;
        auto process = Process::open(host_.proc, pid);
        if (!process) continue;
        const auto cmdline = process->read("cmdline");
        const auto stat = process->read("stat", 4096);
        if (!cmdline || cmdline->empty() || !stat) continue;
        CommandLine line = parse_command_line(*cmdline);
        if (line.serves_xen || (watched_ == Watched::libvirts && !belongs_to_libvirt(line))) continue;
        const ProcessStat what = parse_stat(*stat);
        // A child of a QEMU that is still QEMU itself is a helper on its way to another program.
        const bool helper = std::ranges::binary_search(scan.qemu, what.parent);
        if (helper || is_launcher(line, what, pid, host_.proc)) continue;
        guests_.push_back(std::make_unique<Guest>(std::make_shared<const Process>(std::move(*process)),
                                                  std::move(line), options_));
        places_.emplace_back();
        added = true;
    }
    return added;
}

void QemuDriver::tend(Clock::time_point now) {
    std::size_t free = most_newcomers;
    for (const auto& guest : guests_) {
        if (guest->link.is_settling() && free > 0) --free;
    }
    for (const auto& guest : guests_) {
        if (!guest->link.has_monitor()) continue;
        const Run run = Run::of(guest->process());
        if (loans_->hold(run)) {
            guest->link.tend(monitors_, now, options_.monitor_deadline, free);
        } else {
            guest->link.lend();
        }
        if (!guest->link.holds_monitor()) loans_->release(run);
    }
}

// The first frame is worth waiting for: without it a one-shot reader would see no disks.
void QemuDriver::wait_for_monitors(Clock::time_point until) {
    for (auto now = Clock::now(); now < until; now = Clock::now()) {
        tend(now);
        const bool busy = std::ranges::any_of(guests_, [](const auto& guest) { return guest->link.is_settling(); });
        if (!busy) return;
        std::this_thread::sleep_until(std::min(until, now + nap));
        monitors_.poll(until);
    }
}

// Two processes with one UUID are the two ends of a migration: the older one keeps it.
void QemuDriver::identify() {
    std::vector<std::size_t> order(guests_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [this](std::size_t i) {
        const Process& process = guests_[i]->process();
        return std::pair(process.start_ticks(), process.pid());
    });
    std::set<Uuid> taken;
    for (const std::size_t i : order) {
        Guest& guest = *guests_[i];
        const Process& process = guest.process();
        std::string note;
        Uuid uuid;
        if (guest.line().uuid && taken.insert(*guest.line().uuid).second) {
            uuid = *guest.line().uuid;
        } else {
            if (guest.line().uuid) note = "a second process with this UUID: being migrated?";
            const std::uint64_t start = process.start_ticks() ^ facts_.boot;
            std::string seed = guest.line().name.empty() ? "qemu-" + std::to_string(process.pid()) : guest.line().name;
            uuid = Uuid::derived(name(), seed, start);
            if (!taken.insert(uuid).second) uuid = Uuid::derived(name(), seed + "#" + std::to_string(process.pid()), start);
        }
        if (places_[i].uuid == uuid && guest.identity_note == note) continue;
        guest.identity_note = note;
        places_[i].uuid = uuid;
        places_[i].process = nullptr;  // to be described
    }
}

// What the agents inside guests have told meanwhile. True: it is about other filesystems than before.
bool QemuDriver::update_agents() {
    if (!agents_) return false;
    const auto way = [this](std::size_t i) {
        return std::optional(way_to_agent(places_[i].process, guests_[i]->line(), loans_));
    };
    const auto runs = [this](std::size_t i) { return guests_[i]->state(places_[i]) == GuestState::running; };
    return agents_->update(places_, {.way = way, .runs = runs});
}

// What belongs to the one agent of the state folder.
void QemuDriver::keep_guests(bool any_ended) {
    if (!options_.keeps_guests || definitions_ == nullptr) return;
    if (any_ended || !autostart_.is_begun()) definitions_->tidy();
    if (!autostart_.is_begun()) autostart_.begin(definitions_);
    for (Event& event : autostart_.take_events()) events_.push_back(std::move(event));
}

// Each once: a file that stays damaged is no news.
void QemuDriver::tell_problems() {
    std::set<std::string> now(kept_->problems.begin(), kept_->problems.end());
    for (const std::string& problem : now) {
        if (problems_.contains(problem)) continue;
        events_.push_back({EventKind::command, {}, {}, "a definition cannot be used: " + problem});
    }
    problems_ = std::move(now);
}

// Guests that are defined here and do not run, behind those that do. Returns whether anything is new.
bool QemuDriver::append_inactive(bool changed) {
    if (definitions_ == nullptr) return changed;
    auto kept = definitions_->list();
    if (kept != kept_) {
        changed = true;
        kept_ = std::move(kept);
        tell_problems();
    }
    std::set<Uuid> running;
    for (const Place& place : places_) running.insert(place.uuid);
    for (const Definition& guest : kept_->guests) {
        if (!running.insert(guest.uuid).second) continue;
        Place place;
        place.uuid = guest.uuid;
        place.name = guest.name;
        place.machine = guest.machine;
        place.memory_max = guest.memory;
        places_.push_back(std::move(place));
    }
    return changed;
}

void QemuDriver::describe(std::size_t i) { guests_[i]->describe(places_[i], facts_); }

// "QEMU 7.2.22 (KVM)"; "QEMU 7.2.22, 8.2.0 (KVM, TCG)" where guests differ.
std::string QemuDriver::describe_hypervisor() const {
    if (guests_.empty()) return {};
    std::set<std::string> versions;
    std::set<std::string> kinds;
    for (const auto& guest : guests_) {
        if (!guest->link.facts().version.empty()) versions.insert(guest->link.facts().version);
        kinds.insert(guest->uses_kvm() ? "KVM" : guest->line().accelerator == Accelerator::other ? "other" : "TCG");
    }
    return fmt::format("QEMU{}{} ({})", versions.empty() ? "" : " ", fmt::join(versions, ", "), fmt::join(kinds, ", "));
}

void QemuDriver::ask(std::span<const Slot> slots, Frame& frame, Clock::time_point deadline) {
    round_.run(guests_, std::span(places_).first(guests_.size()), deadline);
    const auto outcomes = round_.outcomes();
    for (std::size_t i = 0; i < std::min(slots.size(), guests_.size()); ++i) {
        if (slots[i].place == nullptr) continue;
        report(slots[i], *guests_[i], outcomes[i], round_.started(), frame);
        if (agents_) agents_->report(slots[i], frame);
    }
    for (std::size_t i = guests_.size(); i < slots.size(); ++i) {
        if (slots[i].place == nullptr) continue;
        frame.set(slots[i].guest, GuestMetric::state, static_cast<std::uint64_t>(GuestState::shut_off));
    }
}

std::vector<Event> QemuDriver::take_events() {
    for (std::size_t i = 0; i < guests_.size(); ++i) {
        guests_[i]->link.take_events(places_[i].uuid, places_[i].name, events_);
    }
    return std::exchange(events_, {});
}

DriverCounts QemuDriver::counts() const { return {monitors_.questions(), round_.spared()}; }

}  // namespace virtscope::qemu

namespace virtscope {

Opened open_qemu(std::string_view uri, const DriverHost& host, const DriverOptions& options) {
    constexpr std::string_view scheme = "kvm:";
    if (!uri.starts_with(scheme)) return NotMine{};
    if (uri == "kvm:///") return std::make_unique<qemu::QemuDriver>(host, options);
    if (uri == libvirt_processes_uri) return std::make_unique<qemu::QemuDriver>(host, options, qemu::Watched::libvirts);
    return Error{ErrorKind::unsupported,
                 fmt::format("{}: kvm watches the QEMU processes of this host only; write kvm:///", uri)};
}

}  // namespace virtscope
