#include <algorithm>
#include <array>
#include <thread>

#include "drivers/libvirt/connection.h"
#include "drivers/libvirt/lifecycle.h"
#include "drivers/libvirt/local.h"
#include "drivers/libvirt/open.h"

namespace virtscope::libvirt {
namespace {

std::int64_t ns(Clock::time_point time) { return time.time_since_epoch() / std::chrono::nanoseconds{1}; }
std::uint64_t length(Clock::duration d) { return static_cast<std::uint64_t>(std::chrono::nanoseconds(d).count()); }

// A place owns descriptors of its threads and is not copied; one of libvirt's has none.
Place copy_of(const Place& from) {
    Place to;
    to.uuid = from.uuid;
    to.generation = from.generation;
    to.name = from.name;
    to.machine = from.machine;
    to.note = from.note;
    to.local_id = from.local_id;
    for (const VcpuPlace& vcpu : from.vcpus) to.vcpus.push_back({vcpu.index, std::nullopt});
    to.disks = from.disks;
    to.nics = from.nics;
    to.memory_max = from.memory_max;
    return to;
}

// When a call was made and when it returned.
struct Span {
    Clock::time_point begin, end;
};

bool same_shape(const Place& a, const Place& b) {
    const auto same_names = [](const auto& x, const auto& y) {
        return std::ranges::equal(x, y, [](const auto& p, const auto& q) { return p.name == q.name; });
    };
    return a.uuid == b.uuid && a.generation == b.generation && a.name == b.name && a.memory_max == b.memory_max &&
           a.note == b.note && a.machine == b.machine && a.vcpus.size() == b.vcpus.size() &&
           same_names(a.disks, b.disks) && same_names(a.nics, b.nics);
}

class LibvirtDriver final : public Driver {
public:
    LibvirtDriver(const Library& library, std::string uri, const DriverHost& host, const DriverOptions& options)
        : lifecycle_(make_lifecycle(uri, options.guest_agent)) {
        if (is_local_qemu(uri)) local_ = std::make_unique<LocalGuests>(library, host, options);
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
    void ask(std::span<const Slot> slots, Frame& frame, Clock::time_point deadline) override;
    std::vector<Event> take_events() override { return std::exchange(events_, {}); }
    DriverCounts counts() const override {
        const std::lock_guard lock(exchange_->mutex);
        const DriverCounts local = local_ != nullptr ? local_->counts() : DriverCounts{};
        return {exchange_->questions + local.questions, local.spared};
    }
    std::shared_ptr<Lifecycle> lifecycle() override { return lifecycle_; }

private:
    void adopt(const Snapshot& snapshot);
    void report_all(std::span<const Slot> slots, const Snapshot& snapshot, Span when, bool fresh, Frame& frame) const;
    void note_state(const GuestStats& before, const GuestStats& now);

    std::shared_ptr<Lifecycle> lifecycle_;
    std::shared_ptr<Exchange> exchange_ = std::make_shared<Exchange>();
    std::unique_ptr<LocalGuests> local_;  // asks about the devices of guests that are processes of this host
    SnapshotPtr known_;
    std::vector<Place> places_;
    std::uint64_t generation_ = 0;
    std::vector<Event> events_;
    Clock::time_point tick_;
};

Result<> LibvirtDriver::refresh(Clock::duration patience) {
    std::unique_lock lock(exchange_->mutex);
    tick_ = Clock::now();
    exchange_->wanted = true;
    exchange_->changed.notify_all();
    if (patience > Clock::duration::zero()) {
        exchange_->changed.wait_for(lock, patience, [&] { return exchange_->latest != nullptr; });
        exchange_->wanted = true;  // the answer that ask() waits for
        exchange_->changed.notify_all();
    }
    const SnapshotPtr latest = exchange_->latest;
    const auto problem = exchange_->problem;
    lock.unlock();
    if (latest != nullptr && latest != known_) {
        adopt(*latest);
        if (local_ != nullptr) local_->adopt(*latest);
        known_ = latest;
    }
    if (problem) return std::unexpected(*problem);
    return {};
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
        if (known_ == nullptr) continue;
        const auto uuid_of = [](const GuestStats& stats) { return stats.place.uuid; };
        const auto before = std::ranges::lower_bound(known_->guests, guest.place.uuid, {}, uuid_of);
        if (before != known_->guests.end() && before->place.uuid == guest.place.uuid) note_state(*before, guest);
    }
    if (std::ranges::equal(places, places_, same_shape)) return;
    places_ = std::move(places);
    ++generation_;
}

// A guest that has changed since its rows were made is told next time: its values belong to other rows.
void LibvirtDriver::ask(std::span<const Slot> slots, Frame& frame, Clock::time_point deadline) {
    std::unique_lock lock(exchange_->mutex);
    const auto answered = [&] { return exchange_->latest != nullptr && exchange_->asked >= tick_; };
    if (!exchange_->problem)
        exchange_->changed.wait_until(lock, deadline, [&] { return answered() || exchange_->problem; });
    const bool fresh = answered() && !exchange_->problem;
    const SnapshotPtr latest = exchange_->latest;
    const auto asked = exchange_->asked;
    const auto answer = exchange_->answered;
    lock.unlock();
    if (latest == nullptr) return;
    report_all(slots, *latest, {asked, answer}, fresh, frame);
    if (local_ != nullptr && fresh) local_->ask(slots, frame, deadline, events_);
}

void LibvirtDriver::report_all(std::span<const Slot> slots, const Snapshot& snapshot, Span when, bool fresh,
                               Frame& frame) const {
    const auto uuid_of = [](const GuestStats& stats) { return stats.place.uuid; };
    for (const Slot& slot : slots) {
        if (slot.place == nullptr) continue;  // left out of this frame
        frame.set(slot.guest, GuestMetric::stale, fresh ? 0 : 1);
        frame.set(slot.guest, GuestMetric::monitor_age, length(Clock::now() - when.end));
        if (!fresh) {
            frame.table(Scope::Guest).row(slot.guest).quality = Quality::stale;
            continue;
        }
        frame.set(slot.guest, GuestMetric::monitor_latency, length(when.end - when.begin));
        const auto guest = std::ranges::lower_bound(snapshot.guests, slot.place->uuid, {}, uuid_of);
        if (guest == snapshot.guests.end() || !same_shape(guest->place, *slot.place)) {
            frame.set(slot.guest, GuestMetric::stale, 1);
            frame.table(Scope::Guest).row(slot.guest).quality = Quality::stale;
            continue;
        }
        report(slot, *guest, ns(when.begin + (when.end - when.begin) / 2), frame);
    }
}

}  // namespace
}  // namespace virtscope::libvirt

namespace virtscope {

Opened open_libvirt(std::string_view uri, const DriverHost& host, const DriverOptions& options) {
    constexpr std::array<std::string_view, 11> schemes{"bhyve", "ch",   "esx", "hyperv", "lxc", "qemu",
                                                       "test",  "vbox", "vpx", "vz",     "xen"};
    const std::string_view scheme = uri.substr(0, uri.find("://"));  // may name a transport: qemu+ssh
    if (scheme == uri || std::ranges::find(schemes, scheme.substr(0, scheme.find('+'))) == schemes.end())
        return NotMine{};
    const auto library = libvirt::load_library();
    if (!library) return library.error();
    return std::make_unique<libvirt::LibvirtDriver>(**library, std::string(uri), host, options);
}

}  // namespace virtscope
