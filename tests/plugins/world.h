// A world for checks: guests as a test wants them, written as frames into a ring in a directory of
// its own, and a clock to look at it from.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "core/frame.h"
#include "core/freshness.h"
#include "plugins/check.h"

namespace virtscope::checks {

inline constexpr std::int64_t second = 1'000'000'000;

// Values of one row. What `per_second` has is a counter that the world moves from frame to frame, so that its rate
// can change without its value going back.
template <class M>
struct Cells {
    std::map<M, std::uint64_t> now{};
    std::map<M, double> per_second{};
};

template <class M>
struct WorldDevice {
    std::string name;
    Cells<M> cells{};
};

struct WorldGuest {
    std::string name = "web01";
    std::optional<GuestState> state = GuestState::running;
    Quality quality = Quality::fresh;
    std::optional<std::uint64_t> stale = 0;
    std::optional<double> cpus_used = 0.5;        // CPUs busy on its behalf; none: cpu_time is absent
    std::optional<std::uint64_t> vcpus = 2;
    std::int64_t started = 0;                     // seconds of the world's clock
    std::string note{};
    std::string driver{};
    std::optional<std::uint64_t> cpu_time_cell{};  // instead of what follows from cpus_used
    Cells<GuestMetric> cells{};                    // all others; these win
    bool start_known = true;                       // start_time is in the frame
    std::vector<WorldDevice<VcpuMetric>> vcpu_rows{};
    std::vector<WorldDevice<DiskMetric>> disks{};
    std::vector<WorldDevice<NicMetric>> nics{};
    std::vector<WorldDevice<FilesystemMetric>> filesystems{};
    std::vector<WorldDevice<DisplayMetric>> displays{};
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
    // Something happens, about guests[guest] or the host, and is told with the next frame.
    void tell(EventKind kind, std::optional<std::size_t> guest, std::string text = {});

    std::string ring() const { return directory_ + "/ring"; }
    const std::string& directory() const { return directory_; }

    std::vector<WorldGuest> guests{WorldGuest{}};
    Cells<HostMetric> host;
    Cells<AgentMetric> agent;
    std::vector<WorldDevice<NodeMetric>> nodes;
    std::optional<std::uint64_t> interval = second;
    std::optional<std::uint64_t> host_cpus = 4;
    std::string boot = "0d1f6d0e-1111-4222-8333-444455556666";
    std::string boot_now = boot;     // of the one who looks
    std::int64_t wall_step = 0;      // ns by which the wall clock was set since the frames

private:
    Frame frame_at(std::int64_t at);
    void fill(Frame& frame, std::int64_t at);
    template <class M>
    void set(Frame& frame, std::size_t row, const std::string& whose, const Cells<M>& cells);
    template <class M>
    void set(Frame& frame, std::size_t first, const std::string& whose, const std::vector<WorldDevice<M>>& devices);

    std::string directory_;
    std::vector<Event> events_;
    std::map<std::string, double> counters_;  // by whose, scope and metric
    std::optional<std::int64_t> last_;        // of the frame before, seconds
    double passed_ = 0;                       // from it to the one that is made, seconds
};

// The identity of the guest at that place in a world.
Uuid world_uuid(std::size_t index);

// Whether an answer holds a text; a failed CHECK of it shows the answer.
struct Held {
    bool held = false;
    std::string answer;
    explicit operator bool() const { return held; }
};
std::ostream& operator<<(std::ostream& out, const Held& held);
Held has(const Answer& answer, std::string_view text);

}  // namespace virtscope::checks
