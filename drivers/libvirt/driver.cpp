#include <algorithm>
#include <array>
#include <thread>

#include "drivers/agent_book.h"
#include "drivers/libvirt/agent_poll.h"
#include "drivers/libvirt/connection.h"
#include "drivers/libvirt/lifecycle.h"
#include "drivers/libvirt/local.h"
#include "drivers/libvirt/open.h"
#include "drivers/libvirt/places.h"
#include "drivers/libvirt/uri.h"

namespace virtscope::libvirt {
namespace {

std::int64_t ns(Clock::time_point time) { return time.time_since_epoch() / std::chrono::nanoseconds{1}; }
std::uint64_t length(Clock::duration d) { return static_cast<std::uint64_t>(std::chrono::nanoseconds(d).count()); }

// When a call was made and when it returned.
struct Span {
    Clock::time_point begin, end;
};

const GuestStats* find_guest(const Snapshot& snapshot, const Uuid& uuid) {
    const auto guest = std::ranges::lower_bound(snapshot.guests, uuid, {}, [](const auto& g) { return g.place.uuid; });
    return guest != snapshot.guests.end() && guest->place.uuid == uuid ? &*guest : nullptr;
}

void report_node(const Node& node, std::int64_t time, Frame& frame) {
    frame.table(Scope::Host).row(0).time = time;
    for (const auto& number : node.values) frame.set(0, number.metric, number.value);
}

// The agents inside guests of this host, and the connections over which they are asked.
struct Agents {
    Agents(const Library& lib, const std::string& uri, Clock::duration interval)
        : library(lib), connections(std::make_shared<Connections>(lib, uri)), book(interval, threads) {}

    static constexpr std::size_t threads = 4;  // as many of libvirtd's own at most

    const Library& library;
    std::shared_ptr<Connections> connections;
    AgentBook book;
};

class LibvirtDriver final : public Driver {
public:
    LibvirtDriver(const Library& library, std::string uri, const DriverHost& host, const DriverOptions& options)
        : lifecycle_(make_lifecycle(uri, options.guest_agent)), runs_(is_local_qemu(uri)) {
        if (const auto machine = machine_in(uri); !machine.empty()) machine_ = RosterHost{.name = std::string(machine)};
        if (is_local_qemu(uri)) local_ = std::make_unique<LocalGuests>(library, host, options);
        if (is_local_qemu(uri) && options.guest_agent) agents_.emplace(library, uri, options.guest_agent_interval);
        std::thread([&library, uri = std::move(uri), exchange = exchange_] {
            run_connection(library, uri, exchange);
        }).detach();  // a hung libvirt must not hold up whoever closes the driver
    }
    ~LibvirtDriver() override {
        const std::lock_guard lock(exchange_->mutex);
        exchange_->closing = true;
        exchange_->changed.notify_all();
    }
    LibvirtDriver(const LibvirtDriver&) = delete;
    LibvirtDriver& operator=(const LibvirtDriver&) = delete;

    std::string_view name() const override { return "libvirt"; }
    std::string hypervisor() const override {
        const std::lock_guard lock(exchange_->mutex);
        return exchange_->version;
    }
    Result<> refresh(Clock::duration patience) override;
    std::span<const Place> places() const override { return places_; }
    std::uint64_t generation() const override { return generation_; }
    const RosterHost* elsewhere() const override { return machine_ ? &*machine_ : nullptr; }
    void ask(std::span<const Slot> slots, Frame& frame, Clock::time_point deadline) override;
    std::vector<Event> take_events() override { return std::exchange(events_, {}); }
    DriverCounts counts() const override {
        const std::lock_guard lock(exchange_->mutex);
        const DriverCounts local = local_ != nullptr ? local_->counts() : DriverCounts{};
        return {exchange_->questions + local.questions, local.spared};
    }
    std::shared_ptr<Lifecycle> lifecycle() override { return lifecycle_; }

private:
    bool wait_for_answer(std::unique_lock<std::mutex>& lock, Clock::time_point deadline) const;
    void take(const std::vector<Happening>& happened);
    void adopt(const Snapshot& snapshot);
    void update_agents();
    void tell_unreachable();
    void note_runs(std::span<const Slot> slots, const Frame& frame);
    void report_all(std::span<const Slot> slots, const Snapshot& snapshot, Span when, bool fresh, Frame& frame) const;
    void adopt_node(const Node& node);
    void note_state(const GuestStats& before, const GuestStats& now);
    std::string note_of(const GuestStats& guest) const;
    void show_notes();

    std::shared_ptr<Lifecycle> lifecycle_;
    std::shared_ptr<Exchange> exchange_ = std::make_shared<Exchange>();
    std::unique_ptr<LocalGuests> local_;  // asks about the devices of guests that are processes of this host
    std::optional<Agents> agents_;        // where the configuration lets them be asked
    SnapshotPtr known_;
    std::optional<RosterHost> machine_;  // where the guests run elsewhere
    std::vector<Place> places_;
    std::uint64_t generation_ = 0;
    std::vector<Event> events_;
    Runs runs_;  // a frame's generation is the process's where there is one
    bool reachable_ = true;
    Clock::time_point tick_;
};

Result<> LibvirtDriver::refresh(Clock::duration patience) {
    std::unique_lock lock(exchange_->mutex);
    tick_ = Clock::now();
    exchange_->wanted = true;
    exchange_->changed.notify_all();
    if (patience > Clock::duration::zero()) {
        const auto refused = [&] { return exchange_->problem && exchange_->problem->kind != ErrorKind::timeout; };
        exchange_->changed.wait_for(lock, patience, [&] { return exchange_->latest != nullptr || refused(); });
        exchange_->wanted = true;  // the answer that ask() waits for
        exchange_->changed.notify_all();
    }
    const SnapshotPtr latest = exchange_->latest;
    const auto problem = exchange_->problem;
    const auto happened = std::exchange(exchange_->happened, {});
    lock.unlock();
    take(happened);
    if (latest != nullptr && latest != known_) {
        adopt(*latest);
        adopt_node(latest->node);
        if (local_ != nullptr) local_->adopt(*latest);
        known_ = latest;
    }
    update_agents();
    if (reachable_ == problem.has_value()) ++generation_;  // another driver's guests may be ours and say so
    reachable_ = !problem;
    if (!problem) return {};
    tell_unreachable();
    return std::unexpected(*problem);
}

void LibvirtDriver::take(const std::vector<Happening>& happened) {
    runs_.take(happened);
    for (const Happening& event : happened) {
        if (event.what == Happened::ballooned && local_ != nullptr) local_->expect_memory(event.guest);
    }
}

// Guests are kept as they were, but for those whose processes are seen to have ended.
void LibvirtDriver::tell_unreachable() {
    constexpr std::string_view note = "libvirt: not reachable";
    for (Place& place : places_) {
        const bool gone = place.generation != 0 && local_ != nullptr && local_->is_gone(place.uuid);
        if (place.note == note && !gone) continue;
        place.note = note;
        if (gone) make_inactive(place);
        ++generation_;
    }
}

void LibvirtDriver::note_state(const GuestStats& before, const GuestStats& now) {
    if (before.state == now.state || before.place.generation != now.place.generation) return;
    events_.push_back({EventKind::guest_state, now.place.uuid, now.place.name,
                       fmt::format("{} -> {}", state_name(before.state), state_name(now.state))});
}

void LibvirtDriver::adopt(const Snapshot& snapshot) {
    std::vector<Place> places;
    for (const GuestStats& guest : snapshot.guests) {
        const auto old = std::ranges::find(places_, guest.place.uuid, &Place::uuid);
        // A guest whose monitor is busy is told without its disks: it still has them.
        const bool part = local_ == nullptr && guest.place.generation != 0 && !guest.numbers.contains("block.count");
        const bool same_start = old != places_.end() && old->generation == guest.place.generation;
        places.push_back(copy_of(part && same_start ? *old : guest.place));
        places.back().note = note_of(guest);
        if (runs_.is_over(guest.place.uuid, guest.place.generation)) make_inactive(places.back());
        const GuestStats* const before = known_ != nullptr ? find_guest(*known_, guest.place.uuid) : nullptr;
        if (before != nullptr) note_state(*before, guest);
    }
    const auto is_same = [](const Place& a, const Place& b) {
        return same_shape(a, b) && a.note == b.note && a.displays == b.displays;
    };
    if (std::ranges::equal(places, places_, is_same)) return;
    places_ = std::move(places);
    ++generation_;
}

// What the agents inside guests have told meanwhile.
void LibvirtDriver::update_agents() {
    if (!agents_ || known_ == nullptr) return;
    const auto way = [this](std::size_t i) -> std::optional<AskAgent> {
        const GuestStats* const guest = find_guest(*known_, places_[i].uuid);
        if (guest == nullptr || guest->definition == nullptr || !guest->definition->guest_agent) return std::nullopt;
        return way_to_agent(agents_->library, agents_->connections, places_[i]);
    };
    const auto runs = [this](std::size_t i) {
        const GuestStats* const guest = find_guest(*known_, places_[i].uuid);
        return guest != nullptr && is_running(guest->state);
    };
    if (agents_->book.update(places_, {.way = way, .runs = runs})) ++generation_;
}

void LibvirtDriver::adopt_node(const Node& node) {
    if (!machine_ || node.name.empty()) return;
    RosterHost now{.name = node.name, .arch = node.arch};
    if (now == *machine_) return;
    machine_ = std::move(now);
    ++generation_;
}

// Guests of this host are asked one by one, which must have time left. While libvirtd lists anew because somebody has
// come or gone, what it said just before stands for the others.
bool LibvirtDriver::wait_for_answer(std::unique_lock<std::mutex>& lock, Clock::time_point deadline) const {
    constexpr auto grace = std::chrono::seconds(2);
    const auto now = Clock::now();
    const auto until = local_ != nullptr ? now + (deadline - now) / 4 : deadline;
    const auto answered = [&] { return exchange_->latest != nullptr && exchange_->asked >= tick_; };
    if (!exchange_->problem)
        exchange_->changed.wait_until(lock, until, [&] { return answered() || exchange_->problem; });
    if (exchange_->problem || exchange_->latest == nullptr) return false;
    return answered() || (local_ != nullptr && Clock::now() - exchange_->answered < grace);
}

// A guest that has changed since its rows were made is told next time: its values belong to other rows.
void LibvirtDriver::ask(std::span<const Slot> slots, Frame& frame, Clock::time_point deadline) {
    std::unique_lock lock(exchange_->mutex);
    const bool fresh = wait_for_answer(lock, deadline);
    const SnapshotPtr latest = exchange_->latest;
    const auto asked = exchange_->asked;
    const auto answer = exchange_->answered;
    lock.unlock();
    note_runs(slots, frame);
    if (latest == nullptr) return;
    report_all(slots, *latest, {asked, answer}, fresh, frame);
    for (const Slot& slot : slots) {
        if (agents_ && slot.place != nullptr) agents_->book.report(slot, frame);
    }
    if (machine_ && fresh) report_node(latest->node, ns(asked + (answer - asked) / 2), frame);
    if (local_ == nullptr || !fresh) return;
    local_->ask(slots, frame, deadline, events_);
    show_notes();
}

std::string LibvirtDriver::note_of(const GuestStats& guest) const {
    const auto own = local_ != nullptr ? local_->note_of(guest.place.uuid) : std::string_view();
    return own.empty() ? guest.place.note : std::string(own);
}

// Why a guest is stale is told by its place from the next frame on.
void LibvirtDriver::show_notes() {
    for (Place& place : places_) {
        const GuestStats* const guest = known_ != nullptr ? find_guest(*known_, place.uuid) : nullptr;
        if (guest == nullptr || place.note == note_of(*guest)) continue;
        place.note = note_of(*guest);
        ++generation_;
    }
}

void LibvirtDriver::note_runs(std::span<const Slot> slots, const Frame& frame) {
    for (const Slot& slot : slots) {
        const std::uint64_t shown = slot.place != nullptr ? frame.roster->guests[slot.guest].generation : 0;
        if (shown == 0) continue;
        runs_.show(slot.place->uuid, shown);
    }
    runs_.settle(events_);
}

void LibvirtDriver::report_all(std::span<const Slot> slots, const Snapshot& snapshot, Span when, bool fresh,
                               Frame& frame) const {
    const auto now = Clock::now();
    for (const Slot& slot : slots) {
        if (slot.place == nullptr) continue;
        const GuestStats* const guest = find_guest(snapshot, slot.place->uuid);
        frame.set(slot.guest, GuestMetric::monitor_age, length(now - when.end));
        if (!fresh || guest == nullptr || !same_shape(guest->place, *slot.place)) {
            mark_stale(slot, guest != nullptr ? guest->state : GuestState::unknown, frame);
            continue;
        }
        frame.set(slot.guest, GuestMetric::stale, 0);
        frame.set(slot.guest, GuestMetric::monitor_latency, length(when.end - when.begin));
        report(slot, *guest, ns(when.begin + (when.end - when.begin) / 2), frame);
    }
}

}  // namespace
}  // namespace virtscope::libvirt

namespace virtscope {

Opened open_libvirt(std::string_view uri, const DriverHost& host, const DriverOptions& options) {
    constexpr std::array<std::string_view, 11> schemes{"bhyve", "ch",   "esx", "hyperv", "lxc", "qemu",
                                                       "test",  "vbox", "vpx", "vz",     "xen"};
    uri = libvirt::without_prefix(uri);
    const std::string_view scheme = uri.substr(0, uri.find("://"));  // may name a transport: qemu+ssh
    if (scheme == uri || std::ranges::find(schemes, scheme.substr(0, scheme.find('+'))) == schemes.end())
        return NotMine{};
    const auto library = libvirt::load_library();
    if (!library) return library.error();
    return std::make_unique<libvirt::LibvirtDriver>(**library, std::string(uri), host, options);
}

}  // namespace virtscope
