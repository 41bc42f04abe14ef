#include "drivers/simulated/population.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "drivers/simulated/clock.h"
#include "drivers/simulated/hash.h"

namespace virtscope::simulated {
namespace {

constexpr std::uint64_t gibi = 1ULL << 30;
constexpr std::uint64_t host_cpus = 16;  // the imagined host; more vCPUs than that must wait at peak hours

struct Role {
    const char* name;
    Shape shape;
    double load;         // see SimGuest
    double reads, writes, packets;  // a second at level 1
};
constexpr std::array<Role, 8> roles{{
    {"web", Shape::office, 0.35, 120, 60, 9000},
    {"db", Shape::office, 0.55, 1800, 900, 4000},
    {"build", Shape::night, 0.85, 600, 700, 900},
    {"cache", Shape::evening, 0.30, 15, 40, 14000},
    {"mail", Shape::office, 0.15, 150, 220, 700},
    {"desk", Shape::office, 0.25, 90, 70, 300},
    {"game", Shape::evening, 0.60, 25, 30, 3500},
    {"backup", Shape::night, 0.20, 2200, 400, 6000},
}};

// Draws one number after the other for one guest.
class Draw {
public:
    explicit Draw(std::uint64_t random) : random_(random) {}
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }
    double between(double low, double high) {
        return low + (high - low) * static_cast<double>(below(1 << 20)) / static_cast<double>(1 << 20);
    }
    std::int64_t offset() { return static_cast<std::int64_t>(below(1 << 24)) * (second / 16); }

private:
    std::uint64_t next() { return mix(random_, ++step_); }
    std::uint64_t random_;
    std::uint64_t step_ = 0;
};

Uuid random_uuid(std::uint64_t random) {
    Uuid uuid;
    for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
        uuid.bytes[i] = static_cast<std::uint8_t>(mix(random, 100 + i / 8) >> (i % 8 * 8));
    }
    uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x40);  // version 4: random
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
    return uuid;
}

SimDisk make_disk(Draw& draw, const SimGuest& guest, const Role& role, std::size_t index) {
    SimDisk disk;
    disk.name = "vd";
    disk.name += static_cast<char>('a' + index);
    disk.source = fmt::format("/srv/images/{}-{}.qcow2", guest.name, disk.name);
    disk.reads.offset = draw.offset();
    disk.writes.offset = draw.offset();
    disk.read_rate = role.reads * draw.between(0.5, 1.5);
    disk.write_rate = role.writes * draw.between(0.5, 1.5);
    disk.read_size = draw.between(8, 128) * 1024;
    disk.write_size = draw.between(4, 64) * 1024;
    disk.latency = draw.between(60'000, 900'000);
    disk.capacity = (10ULL << draw.below(6)) * gibi;
    disk.allocation = disk.capacity / 100 * (20 + draw.below(60));
    return disk;
}

SimNic make_nic(Draw& draw, const Role& role, std::size_t number) {
    SimNic nic;
    nic.name = fmt::format("vnet{}", number);
    nic.receive.offset = draw.offset();
    nic.send.offset = draw.offset();
    nic.receive_rate = role.packets * draw.between(0.4, 1.2);
    nic.send_rate = role.packets * draw.between(0.4, 1.6);
    nic.packet_size = draw.between(120, 1100);
    return nic;
}

// Of sixteen guests one has a display that anybody may use, another one with a password that anybody may overhear.
DisplayPlace make_display(std::uint64_t index) {
    const bool exposed = index % 16 == 5 || index % 16 == 6;
    const auto port = static_cast<std::uint16_t>(5900 + index % 50'000);
    return {.name = "vnc",
            .source = fmt::format("{}:{}", exposed ? "0.0.0.0" : "127.0.0.1", port),
            .exposed = exposed,
            .tls = false,
            .password = index % 16 == 6,
            .port = port};
}

void add_filesystems(SimGuest& guest) {
    const auto share = static_cast<double>(guest.random >> 24 & 255) / 256;
    const double full = guest.index % 16 == 12 ? 0.35 : 0;
    guest.filesystems.push_back({.total = guest.disks.front().capacity / 2,
                                 .least = 0.2 + share * 0.35 + full,
                                 .most = 0.25 + share * 0.35 + full,
                                 .name = "/",
                                 .source = "/dev/vda1"});
    if ((guest.random >> 20 & 1) == 0) return;
    guest.filesystems.push_back({.total = guest.disks.front().capacity / 4,
                                 .least = 0.1 + share * 0.3,
                                 .most = 0.3 + share * 0.55,
                                 .name = "/var",
                                 .source = "/dev/vda2"});
}

void add_vcpus(SimGuest& guest, Draw& draw) {
    const std::uint64_t count = std::array<std::uint64_t, 8>{1, 1, 2, 2, 2, 4, 4, 8}[draw.below(8)];
    for (std::uint64_t i = 0; i < count; ++i) {
        SimVcpu vcpu;
        vcpu.noise.offset = draw.offset();
        vcpu.weight = draw.between(0.5, 1.0);
        guest.vcpus.push_back(vcpu);
    }
}

}  // namespace

SimGuest make_guest(const Options& options, std::uint64_t index) {
    const Role& role = roles[index % roles.size()];
    SimGuest guest;
    guest.index = index;
    guest.random = mix(mix(mix(options.seed)), index);  // twice: of seed 1 the second guest is not of seed 2 the first
    Draw draw(guest.random);
    guest.uuid = random_uuid(guest.random);
    guest.name = fmt::format("{}{:02}", role.name, index + 1);
    guest.machine = draw.below(3) == 0 ? "pc-i440fx-7.2" : "pc-q35-7.2";
    guest.shape = role.shape;
    guest.habit = habit_of(index, options.guests);
    guest.hung = index < options.hung;
    guest.reports_memory = draw.below(5) != 0;
    guest.load = role.load * draw.between(0.4, 1.0);
    add_vcpus(guest, draw);
    guest.memory = gibi << std::min<std::uint64_t>(draw.below(4) + guest.vcpus.size() / 3, 6);
    guest.daily.offset = static_cast<std::int64_t>(draw.below(7200)) * second;
    // Two or one, and the spare one.
    const std::uint64_t disks = 1 + draw.below(10) / 4;
    for (std::uint64_t i = 0; i <= std::min<std::uint64_t>(disks, 2); ++i) {
        guest.disks.push_back(make_disk(draw, guest, role, i));
    }
    const std::uint64_t nics = 1 + draw.below(4) / 3;
    for (std::uint64_t i = 0; i <= nics; ++i) guest.nics.push_back(make_nic(draw, role, index * 3 + i));
    guest.agent = index % 16 == 9 ? Agent::silent : index % 16 == 10 ? Agent::none : Agent::answers;
    if (guest.agent != Agent::none) add_filesystems(guest);
    guest.display = make_display(index);
    return guest;
}

std::optional<std::uint64_t> index_of(const Options& options, std::string_view name) {
    const std::size_t letters = std::min(name.find_first_of("0123456789"), name.size());
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(name.data() + letters, name.data() + name.size(), number);
    if (parsed.ec != std::errc{} || number == 0 || number > options.guests) return std::nullopt;
    if (make_guest(options, number - 1).name != name) return std::nullopt;
    return number - 1;
}

void SimGuest::go_on(std::int64_t time) {
    behind = time - lived(habit, life.start, clock(time));
    paused_at = 0;
    habit = Habit::steady;
}

GuestState SimGuest::state_now(std::int64_t time) const {
    if (shutting_down) return GuestState::shutting_down;
    if (paused_at != 0) return GuestState::paused;
    return state_at(habit, life.start, clock(time));
}

std::vector<SimGuest> make_population(const Options& options) {
    std::vector<SimGuest> guests;
    guests.reserve(options.guests);
    std::uint64_t vcpus = 0;
    for (std::uint64_t i = 0; i < options.guests; ++i) {
        guests.push_back(make_guest(options, i));
        vcpus += guests.back().vcpus.size();
    }
    const double excess = vcpus > host_cpus ? static_cast<double>(vcpus - host_cpus) / (3.0 * host_cpus) : 0;
    for (SimGuest& guest : guests) guest.steal = std::min(excess, 1.0) * 0.4 * guest.load;
    return guests;
}

const Wave& wave_of(const Waves& waves, Shape shape) {
    switch (shape) {
        case Shape::evening: return waves.evening;
        case Shape::night: return waves.night;
        case Shape::office: break;
    }
    return waves.office;
}

void begin_life(SimGuest& guest, const Waves& waves, const Life& life) {
    guest.life = life;
    guest.begun = lived(guest.habit, life.start, life.start);
    guest.daily.begin(wave_of(waves, guest.shape), guest.begun);
    guest.crowd.begin(waves.crowd, guest.begun);
    for (SimVcpu& vcpu : guest.vcpus) vcpu.noise.begin(waves.noise, guest.begun);
    const auto since = [&](bool spare) {
        return spare && life.plugged != 0 ? lived(guest.habit, life.start, life.plugged) : guest.begun;
    };
    for (SimDisk& disk : guest.disks) {
        const auto from = since(&disk == &guest.disks.back());
        disk.reads.begin(waves.noise, from);
        disk.writes.begin(waves.noise, from);
    }
    for (SimNic& nic : guest.nics) {
        const auto from = since(&nic == &guest.nics.back());
        nic.receive.begin(waves.noise, from);
        nic.send.begin(waves.noise, from);
    }
}

Place place_of(const SimGuest& guest) {
    Place place;
    place.uuid = guest.uuid;
    place.name = guest.name;
    place.machine = guest.machine;
    place.memory_max = guest.memory;
    if (!guest.life.up) return place;  // only defined: generation 0, no instances
    place.generation = static_cast<std::uint64_t>(guest.life.start);
    place.note = guest.hung ? "monitor: query-blockstats not answered" : "";
    place.local_id = static_cast<std::int64_t>(1000 + guest.index);
    for (unsigned i = 0; i < guest.vcpus_now(); ++i) place.vcpus.push_back({.index = i, .task = std::nullopt});
    for (std::size_t i = 0; i < guest.disks_now(); ++i) {
        place.disks.push_back({.name = guest.disks[i].name, .source = guest.disks[i].source});
    }
    for (std::size_t i = 0; i < guest.nics_now(); ++i) {
        place.nics.push_back({.name = guest.nics[i].name, .netns = 0, .ifindex = 0, .source = "br0"});
    }
    for (const SimFilesystem& each : guest.filesystems) place.filesystems.push_back({each.name, each.source});
    place.displays.push_back(guest.display);
    place.start_realtime = guest.life.start;
    return place;
}

}  // namespace virtscope::simulated
