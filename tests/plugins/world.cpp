#include "world.h"

#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>

#include "core/ring/writer.h"

namespace virtscope::checks {
namespace {

constexpr std::int64_t boot_realtime = 1'800'000'000 * second;
constexpr std::uint64_t ring_bytes = 8ULL << 20;

RosterPtr roster_of(const World& world) {
    auto roster = std::make_shared<Roster>();
    roster->host.name = "testhost";
    roster->host.boot_id = world.boot;
    for (std::size_t i = 0; i < world.guests.size(); ++i) {
        RosterGuest guest;
        guest.uuid = world_uuid(i);
        guest.generation = static_cast<std::uint64_t>(world.guests[i].started) + 1;
        guest.name = world.guests[i].name;
        guest.note = world.guests[i].note;
        roster->guests.push_back(guest);
    }
    return roster;
}

void fill_guest(Frame& frame, std::size_t row, const WorldGuest& guest, std::int64_t at) {
    frame.table(Scope::Guest).row(row).quality = guest.quality;
    if (guest.state) frame.set(row, GuestMetric::state, static_cast<std::uint64_t>(*guest.state));
    if (guest.stale) frame.set(row, GuestMetric::stale, *guest.stale);
    if (guest.vcpus) frame.set(row, GuestMetric::vcpus, *guest.vcpus);
    const auto started = static_cast<std::uint64_t>(boot_realtime + guest.started * second);
    frame.set(row, GuestMetric::start_time, started);
    const auto up = static_cast<double>((at - guest.started) * second);
    if (guest.cpus_used) frame.set(row, GuestMetric::cpu_time, static_cast<std::uint64_t>(*guest.cpus_used * up));
    if (guest.cpu_time_cell) frame.set(row, GuestMetric::cpu_time, *guest.cpu_time_cell);
}

}  // namespace

Uuid world_uuid(std::size_t index) { return Uuid::derived("test", std::to_string(index), 0); }

World::World() {
    std::string pattern = (std::filesystem::temp_directory_path() / "virtscope-checks-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
}

World::~World() {
    std::error_code ignored;  // a directory left behind does no harm
    std::filesystem::remove_all(directory_, ignored);
}

Frame World::frame_at(std::int64_t at) const {
    Frame frame;
    frame.monotonic = at * second;
    frame.boottime = frame.monotonic;
    frame.realtime = boot_realtime + frame.monotonic;
    frame.reset(roster_of(*this));
    if (interval) frame.set(0, AgentMetric::tick_interval, *interval);
    if (host_cpus) frame.set(0, HostMetric::cpus, *host_cpus);
    frame.set(0, AgentMetric::tick_duration, 3'000'000);
    frame.set(0, AgentMetric::guests, guests.size());
    frame.set(0, AgentMetric::memory_private, 5 << 20);
    for (std::size_t row = 0; row < guests.size(); ++row) fill_guest(frame, row, guests[row], at);
    return frame;
}

void World::write(std::int64_t at) { write(at, at); }

void World::write(std::int64_t from, std::int64_t to) {
    auto writer = RingWriter::open(ring(), ring_bytes);
    REQUIRE(writer);
    for (std::int64_t at = from; at <= to; ++at) {
        Frame frame = frame_at(at);
        REQUIRE(writer->publish(frame));
    }
}

Answer World::run(std::vector<std::string> arguments, double at) const {
    arguments.insert(arguments.end(), {"--ring", ring()});
    const auto since_boot = static_cast<std::int64_t>(at * 1e9);
    const Now now{.realtime = boot_realtime + since_boot + wall_step, .monotonic = since_boot, .boot_id = boot_now};
    return check(arguments, [&] { return now; }, [](unsigned) {});
}

int World::exit_code(std::vector<std::string> arguments, double at) const {
    return static_cast<int>(run(std::move(arguments), at).status);
}

}  // namespace virtscope::checks
