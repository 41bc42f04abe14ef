// Who lives on the simulated host: roles, sizes and tempers of its guests, fixed by the seed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/uuid.h"
#include "drivers/place.h"
#include "drivers/simulated/life.h"
#include "drivers/simulated/options.h"
#include "drivers/simulated/wave.h"

namespace virtscope::simulated {

// Its guest agent. Of sixteen guests one has none, and that of another is silent.
enum class Agent : std::uint8_t { answers, silent, none };

enum class Shape : std::uint8_t { office, evening, night };

// Reads one wave for one purpose: at its own offset, counted from its own beginning.
struct Meter {
    std::int64_t offset = 0;
    std::int64_t base = 0;

    void begin(const Wave& wave, std::int64_t lived) { base = wave.integral(lived + offset); }
    std::int64_t read(const Wave& wave, std::int64_t lived) const { return wave.integral(lived + offset) - base; }
};

struct SimDisk {
    Meter reads, writes;
    double read_rate = 0, write_rate = 0;    // operations a second at level 1
    double read_size = 0, write_size = 0;    // bytes an operation
    double latency = 0;                      // ns an operation
    std::uint64_t capacity = 0, allocation = 0;
    std::string name, source;
};

struct SimNic {
    Meter receive, send;
    double receive_rate = 0, send_rate = 0;  // packets a second at level 1
    double packet_size = 0;                  // bytes
    std::string name;
};

// What the guest agent is asked about; it fills up, and is cleared twice a day.
struct SimFilesystem {
    std::uint64_t total = 0;
    double least = 0, most = 0;  // of it in use
    std::string name, source;
};

struct SimVcpu {
    Meter noise;
    double weight = 0;  // of the guest's load that this vCPU takes
};

struct SimGuest {
    std::uint64_t index = 0;
    std::uint64_t random = 0;  // its own number; everything about it is drawn from this
    Uuid uuid;
    std::string name;
    std::string machine;
    Shape shape = Shape::office;
    Habit habit = Habit::steady;
    bool hung = false;
    bool reports_memory = false;
    Agent agent = Agent::answers;
    double load = 0;           // of one CPU, a vCPU when all waves are at 1; below 1
    double steal = 0;          // waiting at level 1 of the crowd
    std::uint64_t memory = 0;  // bytes
    std::vector<SimVcpu> vcpus;
    std::vector<SimDisk> disks;  // the last one is the one that is plugged and unplugged
    std::vector<SimNic> nics;    // the same
    std::vector<SimFilesystem> filesystems;
    DisplayPlace display;
    Meter daily, crowd;

    // Now.
    Life life;
    std::int64_t begun = 0;  // lived(start)
    GuestState state = GuestState::running;

    // What orders made of it; see Held.
    bool kept = false;  // listed also while it is off
    bool shutting_down = false;
    std::int64_t paused_at = 0;     // 0: it is not paused by an order
    std::int64_t behind = 0;        // its clock is that much behind the host's: so long it stood still
    std::uint64_t balloon = 0;      // bytes; 0: as it pleases
    std::size_t parked = 0;         // the last so many vCPUs are not in use
    // ns, modulo 2^64: keep the guest's sums of run and wait time from a jump when vCPUs come and go.
    std::uint64_t banked_run = 0;
    std::uint64_t banked_wait = 0;

    std::int64_t clock(std::int64_t time) const { return (paused_at != 0 ? paused_at : time) - behind; }
    // Runs from now on, from where its counters stand.
    void go_on(std::int64_t time);
    GuestState state_now(std::int64_t time) const;
    std::size_t vcpus_now() const { return vcpus.size() - parked; }

    // The spare device is a disk for half of the guests, a NIC for the others.
    bool spare_is_disk() const { return random >> 8 & 1; }
    std::size_t disks_now() const { return disks.size() - (spare_is_disk() && life.plugged != 0 ? 0 : 1); }
    std::size_t nics_now() const { return nics.size() - (!spare_is_disk() && life.plugged != 0 ? 0 : 1); }
};

std::vector<SimGuest> make_population(const Options& options);

// One of them alone, without what the others do to it (`steal` is 0). index < options.guests.
SimGuest make_guest(const Options& options, std::uint64_t index);

// Which of them has that name.
std::optional<std::uint64_t> index_of(const Options& options, std::string_view name);

const Wave& wave_of(const Waves& waves, Shape shape);

// Gives the guest its life: counters begin anew when it was restarted, those of a device when it was plugged.
void begin_life(SimGuest& guest, const Waves& waves, const Life& life);

// As the driver tells it to the others.
Place place_of(const SimGuest& guest);

}  // namespace virtscope::simulated
