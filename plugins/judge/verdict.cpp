#include "plugins/judge/verdict.h"

#include <algorithm>
#include <limits>

#include "core/text.h"
#include "plugins/command/mode.h"

namespace virtscope::checks {
namespace {

bool anything_said(const Request& request) {
    return std::ranges::any_of(request.mode->measures,
                               [&](const Measure& measure) { return request.thresholds.said(measure.label); });
}

std::string value_text(const Observation& observation) {
    if (observation.value.idle) return "idle";
    if (!observation.value.number) return "unknown";
    return human(*observation.measure, *observation.value.number);
}

std::string named(const Observation& observation, const Roster& roster) {
    const std::string_view device = device_of(roster, observation);
    if (observation.measure->scope == Scope::Vcpu) {
        // A vCPU is called by its number, which says nothing alone: "vCPU 1 steal", and not "1 steal of a vCPU".
        constexpr std::string_view of_one = " of a vCPU";
        std::string_view noun = observation.measure->noun;
        if (noun.ends_with(of_one)) noun.remove_suffix(of_one.size());
        return fmt::format("vCPU {} {}", device, noun);
    }
    return fmt::format("{}{}{}", device, device.empty() ? "" : " ", observation.measure->noun);
}

}  // namespace

bool is_judged(const Observation& observation, const Request& request) {
    const std::string_view label = observation.measure->label;
    if (request.thresholds.said(label)) return true;
    const bool first = observation.measure == request.mode->measures.data();
    if (!request.thresholds.judges(label)) return first && !anything_said(request);
    // A preset that nobody asked for is of no use where the hypervisor does not tell: libvirt has no failed operations.
    return first || !observation.value.unknown();
}

Status status_of(const Observation& observation, const Request& request) {
    if (observation.value.idle) return Status::ok;
    return request.thresholds.of(observation.measure->label).judge(observation.value.number);
}

double badness(const Observation& observation) {
    if (!observation.value.number) return -std::numeric_limits<double>::infinity();
    return observation.measure->lower_is_worse ? -*observation.value.number : *observation.value.number;
}

const Observation* leading(std::span<const Observation> part, const Request& request) {
    const Observation* lead = nullptr;
    const auto outranks = [&](const Observation& a, const Observation& b) {
        const Status mine = status_of(a, request), other = status_of(b, request);
        if (mine != other) return worse(mine, other) == mine;
        return a.measure == b.measure && badness(a) > badness(b);
    };
    for (const Observation& each : part) {
        if (is_judged(each, request) && (lead == nullptr || outranks(each, *lead))) lead = &each;
    }
    return lead;
}

std::string text_of(const Observation& observation, const Request& request, const Roster& roster) {
    std::string text = fmt::format("{} {}", named(observation, roster), value_text(observation));
    const Range* crossed = request.thresholds.of(observation.measure->label).crossed(status_of(observation, request));
    if (crossed != nullptr) text += fmt::format(", {} {}", crossed->inside ? "inside" : "outside",
                                                human(*observation.measure, *crossed));
    return text;
}

std::string why_of(std::span<const Observation> part, const Request& request, const Roster& roster,
                   const std::string& basis) {
    std::string text;
    for (const Observation& each : part) {
        if (!is_judged(each, request)) continue;
        const Thresholds& thresholds = request.thresholds.of(each.measure->label);
        const bool newest = each.measure->momentary && !request.stat.scans();
        text += fmt::format("{}{} {} ({}, {})", text.empty() ? "" : ", ", named(each, roster),
                            value_text(each), newest ? "newest sample" : basis, human(*each.measure, thresholds));
    }
    return text;
}

std::string too_young(const Snapshot& snapshot, std::size_t guest) {
    if (!snapshot.window || snapshot.window->pair.interval() == 0) return {};
    if (snapshot.window->pair.older(Scope::Guest, guest)) return {};
    const Frame& frame = *snapshot.frame;
    const auto start = frame.get(guest, GuestMetric::start_time);
    const auto up = frame.realtime - static_cast<std::int64_t>(start.value_or(0));
    if (!start || up < 0) return "started less than a window ago";
    return fmt::format("started {} ago, less than a window", human_duration(up));
}

}  // namespace virtscope::checks
