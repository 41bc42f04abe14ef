// A world for checks: guests as a test wants them, written as frames into a ring in a directory of
// its own, and a clock to look at it from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/frame.h"
#include "core/freshness.h"
#include "plugins/check.h"

namespace virtscope::checks {

inline constexpr std::int64_t second = 1'000'000'000;

struct WorldGuest {
    std::string name = "web01";
    std::optional<GuestState> state = GuestState::running;
    Quality quality = Quality::fresh;
    std::optional<std::uint64_t> stale = 0;
    std::optional<double> cpus_used = 0.5;        // CPUs busy on its behalf; none: cpu_time is absent
    std::optional<std::uint64_t> vcpus = 2;
    std::int64_t started = 0;                     // seconds of the world's clock
    std::string note;
    std::optional<std::uint64_t> cpu_time_cell;   // instead of what follows from cpus_used
};

class World {
public:
    World();
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    // Adds a frame taken at `at` seconds (since boot) to the ring.
    void write(std::int64_t at);
    // One for each second from `from` to `to`.
    void write(std::int64_t from, std::int64_t to);
    // Runs check_virt's inside at `at` seconds.
    Answer run(std::vector<std::string> arguments, double at) const;
    int exit_code(std::vector<std::string> arguments, double at) const;

    std::string ring() const { return directory_ + "/ring"; }
    const std::string& directory() const { return directory_; }

    std::vector<WorldGuest> guests{WorldGuest{}};
    std::optional<std::uint64_t> interval = second;
    std::optional<std::uint64_t> host_cpus = 4;
    std::string boot = "0d1f6d0e-1111-4222-8333-444455556666";
    std::string boot_now = boot;     // of the one who looks
    std::int64_t wall_step = 0;      // ns by which the wall clock was set since the frames

private:
    Frame frame_at(std::int64_t at) const;
    std::string directory_;
};

// The identity of the guest at that place in a world.
Uuid world_uuid(std::size_t index);

}  // namespace virtscope::checks
