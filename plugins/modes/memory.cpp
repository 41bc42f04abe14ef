// memory: how much of its memory does each guest use? Told by the guest's balloon driver, never by what it was given.
#include <array>

#include "plugins/judge/judge.h"
#include "plugins/modes/modes.h"

namespace virtscope::checks {
namespace {

// What could be had without swapping counts as not used, caches with it; older guests tell only what is free.
std::optional<double> used(const Sight& sight) {
    const auto all = sight.gauge(GuestMetric::memory_available);
    auto rest = sight.gauge(GuestMetric::memory_usable);
    if (!rest) rest = sight.gauge(GuestMetric::memory_unused);
    if (!all || !rest || *all <= 0 || *rest > *all) return std::nullopt;
    return *all - *rest;
}

Value used_percent(const Sight& sight) {
    const auto bytes = used(sight);
    return bytes ? Value(*bytes / *sight.gauge(GuestMetric::memory_available) * 100) : Value();
}

Value used_bytes(const Sight& sight) { return used(sight); }
Value resident(const Sight& sight) { return sight.gauge(GuestMetric::memory_resident); }
Value swap_in(const Sight& sight) { return sight.rate(GuestMetric::swap_in); }
Value swap_out(const Sight& sight) { return sight.rate(GuestMetric::swap_out); }
Value major_faults(const Sight& sight) { return sight.rate(GuestMetric::guest_major_faults); }

constexpr std::array<Measure, 6> measures{{
    {.label = "used", .unit = "%", .noun = "memory in use", .momentary = true, .read = used_percent},
    {.label = "used_bytes", .unit = "B", .noun = "memory in use", .momentary = true, .read = used_bytes},
    {.label = "resident", .unit = "B", .noun = "memory occupied on the host", .momentary = true, .read = resident},
    {.label = "swap_in", .unit = "B", .noun = "swapping in", .per_second = true, .read = swap_in},
    {.label = "swap_out", .unit = "B", .noun = "swapping out", .per_second = true, .read = swap_out},
    {.label = "major_faults", .unit = "", .noun = "major faults", .per_second = true, .read = major_faults},
}};

std::string why_unknown(const Frame& frame, std::size_t guest) {
    if (frame.get(guest, GuestMetric::memory_available)) return {};
    if (!frame.roster->guests[guest].note.empty()) return frame.roster->guests[guest].note;
    if (is_told_by_xen(frame, guest)) {
        return "Xen does not know what a guest uses of its memory: judge resident here, and the balloon by its own "
               "check";
    }
    return "its balloon tells nothing: no balloon device, no driver in the guest, or polling is off "
           "(guest-stats-polling-interval, virsh dommemstat --period 10)";
}

Result<Report> run(const Request& request, Snapshot& snapshot) {
    return judge_measures(request, snapshot, {.why_unknown = why_unknown});
}

}  // namespace

const Mode memory_mode{.name = "memory",
                       .service = "MEMORY",
                       .help = "Memory in use inside each guest, as its balloon driver tells",
                       .example = "-w 85 -c 95",
                       .measures = measures,
                       .window = "60s",
                       .run = run};

}  // namespace virtscope::checks
