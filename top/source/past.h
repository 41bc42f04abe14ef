// Past: what lies behind the moment that is shown, for graphs, the bar of time and lists of events.
//
// What was read is kept, so that asking again for the same moment costs nothing, and for the next one what is new by
// then. One thread at a time, which need not be the one of the source that it belongs to. Errors of all: those of
// RingReader.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/history/events.h"
#include "core/result.h"

namespace virtscope::top {

// What there is to draw of a guest or of the host. Percentages are of one CPU: whoever shows another base divides.
enum class Figure : std::uint8_t {
    cpu,         // % that the guest used; that the host was busy with anything
    steal,       // % that vCPUs waited for a CPU; that the host was robbed of by its own hypervisor
    guest_cpu,   // % of the host spent in vCPUs; the host's alone
    read_bytes,  // a second, this and what follows; a guest's alone
    write_bytes,
    read_ops,
    write_ops,
    read_latency,  // seconds an operation; a gap where there was none
    write_latency,
    rx_bytes,
    tx_bytes,
    memory,           // bytes: what the balloon leaves to the guest, else what it was given; the host's
    memory_used,      // of these, in use as the guest's kernel sees it; as the host's does
    memory_resident,  // of the host's, that the guest occupies; a guest's alone
    psi_cpu,          // % of the time in which some task waited for it; the host's alone, this and what follows
    psi_memory,
    psi_io,
};
inline constexpr std::size_t figure_count = 17;

// One figure over a span of time, step by step.
struct Curve {
    std::vector<std::optional<double>> values{};  // means, oldest first; a step of which nothing is known is a gap
    std::optional<double> highest{};              // single reading
    std::optional<double> newest{};               // at the end of the span
};

struct Curves {
    std::int64_t from = 0, to = 0;  // realtime ns; steps lie on a grid, so `to` may be some way past the moment shown
    std::array<Curve, figure_count> curves{};

    const Curve& of(Figure figure) const { return curves[static_cast<std::size_t>(figure)]; }
};

struct CurvesWanted {
    std::optional<Uuid> guest{};  // none: the host
    std::chrono::nanoseconds span{std::chrono::minutes(5)};
    std::size_t steps = 120;

    bool operator==(const CurvesWanted&) const = default;
};

struct Mark {
    std::int64_t realtime = 0;
    EventKind kind = EventKind::agent_started;
};

// All of a ring, as one looks at it from a moment.
struct TimeLine {
    std::int64_t oldest = 0, newest = 0, shown = 0;  // realtime ns
    std::vector<Mark> marks{};                       // what happened, oldest first
    bool has_all_marks = true;                       // false: earlier ones are looked for when it is asked for again
};

class Past {
public:
    virtual ~Past() = default;

    // What was known up to that frame.
    virtual Result<Curves> curves(const Frame& shown, const CurvesWanted& wanted) = 0;

    // The last events of one guest up to that frame, oldest first.
    virtual Result<std::vector<EventAt>> events(const Frame& shown, Uuid guest, std::size_t most) = 0;

    virtual Result<TimeLine> time_line(const Frame& shown) = 0;
};

}  // namespace virtscope::top
