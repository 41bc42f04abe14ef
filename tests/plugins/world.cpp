#include "world.h"

#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>

#include "core/ring/writer.h"

namespace virtscope::checks {
namespace {

constexpr std::int64_t boot_realtime = 1'800'000'000 * second;
constexpr std::uint64_t ring_bytes = 8ULL << 20;

template <class M>
std::pair<std::uint32_t, std::uint32_t> add_rows(const std::vector<WorldDevice<M>>& devices, std::size_t guest,
                                                 std::vector<RosterInstance>& rows) {
    const auto first = static_cast<std::uint32_t>(rows.size());
    for (const auto& device : devices) rows.push_back({static_cast<std::uint32_t>(guest), device.name, {}});
    return {first, static_cast<std::uint32_t>(devices.size())};
}

RosterPtr roster_of(const World& world) {
    auto roster = std::make_shared<Roster>();
    roster->host.name = "testhost";
    roster->host.boot_id = world.boot;
    add_rows(world.nodes, 0, roster->nodes);
    for (std::size_t i = 0; i < world.guests.size(); ++i) {
        const WorldGuest& from = world.guests[i];
        RosterGuest guest;
        guest.uuid = world_uuid(i);
        guest.generation = static_cast<std::uint64_t>(from.started) + 1;
        guest.name = from.name;
        guest.note = from.note;
        guest.driver = from.driver;
        std::tie(guest.first_vcpu, guest.vcpus) = add_rows(from.vcpu_rows, i, roster->vcpus);
        std::tie(guest.first_disk, guest.disks) = add_rows(from.disks, i, roster->disks);
        std::tie(guest.first_nic, guest.nics) = add_rows(from.nics, i, roster->nics);
        std::tie(guest.first_filesystem, guest.filesystems) = add_rows(from.filesystems, i, roster->filesystems);
        std::tie(guest.first_display, guest.displays) = add_rows(from.displays, i, roster->displays);
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
    if (guest.start_known) frame.set(row, GuestMetric::start_time, started);
    const auto up = static_cast<double>((at - guest.started) * second);
    if (guest.cpus_used) frame.set(row, GuestMetric::cpu_time, static_cast<std::uint64_t>(*guest.cpus_used * up));
    if (guest.cpu_time_cell) frame.set(row, GuestMetric::cpu_time, *guest.cpu_time_cell);
}

}  // namespace

Uuid world_uuid(std::size_t index) { return Uuid::derived("test", std::to_string(index), 0); }

std::ostream& operator<<(std::ostream& out, const Held& held) { return out << held.answer; }

Held has(const Answer& answer, std::string_view text) { return {answer.text.find(text) != std::string::npos, answer.text}; }

World::World() {
    std::string pattern = (std::filesystem::temp_directory_path() / "virtscope-checks-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
}

World::~World() {
    std::error_code ignored;  // a directory left behind does no harm
    std::filesystem::remove_all(directory_, ignored);
}

void World::tell(EventKind kind, std::optional<std::size_t> guest, std::string text) {
    Event event{.kind = kind, .guest = {}, .name = {}, .text = std::move(text)};
    if (guest) {
        event.guest = world_uuid(*guest);
        event.name = guests[*guest].name;
    }
    events_.push_back(std::move(event));
}

template <class M>
void World::set(Frame& frame, std::size_t row, const std::string& whose, const Cells<M>& cells) {
    for (const auto& [metric, value] : cells.now) frame.set(row, metric, value);
    for (const auto& [metric, rate] : cells.per_second) {
        const std::string key = whose + '/' + std::to_string(static_cast<int>(scope_of<M>)) + '/' +
                                std::to_string(static_cast<int>(metric));
        double& counter = counters_.try_emplace(key, 1e6).first->second;
        counter += rate * passed_;
        frame.set(row, metric, static_cast<std::uint64_t>(counter + 0.5));
    }
}

template <class M>
void World::set(Frame& frame, std::size_t first, const std::string& whose, const std::vector<WorldDevice<M>>& devices) {
    for (std::size_t k = 0; k < devices.size(); ++k) set(frame, first + k, whose + devices[k].name, devices[k].cells);
}

void World::fill(Frame& frame, std::int64_t at) {
    set(frame, 0, "host", host);
    set(frame, 0, "agent", agent);
    set(frame, 0, "node", nodes);
    const Roster& roster = *frame.roster;
    for (std::size_t i = 0; i < guests.size(); ++i) {
        const WorldGuest& guest = guests[i];
        const std::string whose = std::to_string(i) + '.' + std::to_string(guest.started) + '.';
        fill_guest(frame, i, guest, at);
        set(frame, i, whose, guest.cells);
        const RosterGuest& who = roster.guests[i];
        set(frame, who.first_vcpu, whose, guest.vcpu_rows);
        set(frame, who.first_disk, whose, guest.disks);
        set(frame, who.first_nic, whose, guest.nics);
        set(frame, who.first_filesystem, whose, guest.filesystems);
        set(frame, who.first_display, whose, guest.displays);
    }
}

Frame World::frame_at(std::int64_t at) {
    Frame frame;
    frame.monotonic = at * second;
    frame.boottime = frame.monotonic;
    frame.realtime = boot_realtime + frame.monotonic;
    frame.reset(roster_of(*this));
    passed_ = last_ ? static_cast<double>(at - *last_) : 0;
    last_ = at;
    if (interval) frame.set(0, AgentMetric::tick_interval, *interval);
    if (host_cpus) frame.set(0, HostMetric::cpus, *host_cpus);
    frame.set(0, AgentMetric::tick_duration, 3'000'000);
    frame.set(0, AgentMetric::guests, guests.size());
    frame.set(0, AgentMetric::memory_private, 5 << 20);
    fill(frame, at);
    frame.events = std::exchange(events_, {});
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
