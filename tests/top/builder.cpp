#include "builder.h"

#include <cstdlib>
#include <ctime>
#include <memory>

#include <fmt/format.h>

namespace virtscope::top::test {
namespace {

constexpr std::int64_t first_realtime = 1'700'065'721 * second;  // 16:28:41 UTC
constexpr std::int64_t first_monotonic = 5000 * second;

// The views show local time.
const bool in_utc = [] {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    return true;
}();

std::uint32_t append(std::vector<RosterInstance>& to, std::uint32_t guest, const std::vector<std::string>& names) {
    const auto first = static_cast<std::uint32_t>(to.size());
    for (const std::string& name : names) to.push_back({guest, name, {}});
    return first;
}

void fill_host(Frame& frame) {
    frame.set(0, HostMetric::cpus, 2);
    frame.set(0, HostMetric::cpu_frequency, 2'596'000'000);
    frame.set(0, HostMetric::memory_total, 9'791'692ULL * 1024);
    frame.set(0, AgentMetric::tick_interval, second);
}

}  // namespace

RosterPtr roster_of(const std::vector<GuestSpec>& specs) {
    auto roster = std::make_shared<Roster>();
    roster->host = {
        .name = "vm", .boot_id = "boot", .arch = "x86_64", .hypervisor = "QEMU 7.2.22 (KVM)", .kernel = "6.1"};
    roster->cpus = {{.name = "0", .source = {}}, {.name = "1", .source = {}}};
    for (const GuestSpec& spec : specs) {
        const auto index = static_cast<std::uint32_t>(roster->guests.size());
        RosterGuest guest;
        guest.uuid = Uuid::derived("test", spec.name, 0);
        guest.generation = spec.generation;
        guest.name = spec.name;
        guest.driver = "qemu";
        guest.note = spec.note;
        guest.local_id = spec.id;
        guest.first_vcpu = append(roster->vcpus, index, std::vector<std::string>(spec.vcpus, "0"));
        guest.vcpus = spec.vcpus;
        guest.first_disk = append(roster->disks, index, spec.disks);
        guest.disks = static_cast<std::uint32_t>(spec.disks.size());
        guest.first_nic = append(roster->nics, index, spec.nics);
        guest.nics = static_cast<std::uint32_t>(spec.nics.size());
        roster->guests.push_back(std::move(guest));
    }
    return roster;
}

Frame frame_of(const std::vector<GuestSpec>& specs, const RosterPtr& roster, std::int64_t at) {
    Frame frame;
    frame.realtime = first_realtime + at;
    frame.monotonic = frame.boottime = first_monotonic + at;
    frame.reset(roster);
    fill_host(frame);
    for (std::size_t guest = 0; guest < specs.size(); ++guest) {
        frame.set(guest, GuestMetric::state, static_cast<std::uint64_t>(specs[guest].state));
        frame.set(guest, GuestMetric::memory_max, 16 << 20);
        frame.set(guest, GuestMetric::cpu_time, 0);
        frame.set(guest, GuestMetric::cpu_wait, 0);
        frame.set(guest, GuestMetric::vcpus, specs[guest].vcpus);
        frame.set(guest, GuestMetric::monitor_age, 300'000'000);
    }
    for (std::size_t disk = 0; disk < roster->disks.size(); ++disk) {
        for (const auto metric :
             {DiskMetric::read_ops, DiskMetric::write_ops, DiskMetric::read_bytes, DiskMetric::write_bytes}) {
            frame.set(disk, metric, 0);
        }
    }
    for (std::size_t nic = 0; nic < roster->nics.size(); ++nic) {
        frame.set(nic, NicMetric::rx_bytes, 0);
        frame.set(nic, NicMetric::tx_bytes, 0);
    }
    return frame;
}

Pair::Pair(const std::vector<GuestSpec>& guests, std::int64_t interval) {
    const RosterPtr roster = roster_of(guests);
    before = frame_of(guests, roster, 0);
    now = frame_of(guests, roster, interval);
}

Picture Pair::picture() const { return picture_of(before, now); }

Picture picture_of(Frame before, Frame now) {
    Picture picture;
    picture.pair = FramePair(std::make_shared<Frame>(std::move(before)), std::make_shared<Frame>(std::move(now)));
    picture.age = std::chrono::nanoseconds(0);
    picture.has_rates = true;
    return picture;
}

Picture first_picture(Frame now) {
    Picture picture;
    picture.pair = FramePair(nullptr, std::make_shared<Frame>(std::move(now)));
    picture.age = std::chrono::nanoseconds(0);
    return picture;
}

Pair many(std::size_t count) {
    std::vector<GuestSpec> guests;
    for (std::size_t i = 1; i <= count; ++i) {
        guests.push_back({.name = fmt::format("g{:04}", i), .id = static_cast<std::int64_t>(i)});
    }
    Pair pair(guests);
    for (std::size_t i = 0; i < count; ++i) pair.now.set(i, GuestMetric::cpu_time, (i + 1) * 2'000'000);
    return pair;
}

Scene scene_of(Picture picture) {
    Scene scene;
    std::string label = picture.frame().roster->host.name;
    scene.hosts.push_back({.label = std::move(label), .picture = std::move(picture)});
    return scene;
}

Session ordered_by(std::string_view column) {
    Session session;
    order_by(session, column);
    return session;
}

}  // namespace virtscope::top::test
