#include "plugins/judge/figures.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/text.h"
#include "plugins/command/mode.h"
#include "plugins/judge/verdict.h"

namespace virtscope::checks {
namespace {

// More digits than a hundredth of a percent, parts of a byte or a thousandth of an operation a second are noise that
// graphs would have to carry.
std::optional<double> rounded(const Observation& observation) {
    const auto value = observation.value.number;
    if (value && observation.measure->unit == "%") return std::round(*value * 100) / 100;
    if (value && observation.measure->unit == "B") return std::round(*value);
    if (value && observation.measure->per_second) return std::round(*value * 1000) / 1000;
    return value;
}

// The guest's worst value of a measure; null: it has no row for it.
const Observation* worst_of(std::span<const Observation> part, const Measure& measure) {
    const Observation* best = nullptr;
    for (const Observation& each : part) {
        if (each.measure != &measure) continue;
        if (best == nullptr || badness(each) > badness(*best)) best = &each;
    }
    return best;
}

// What the headline is about, and the order of guests: the first measure that the command line has thresholds for.
const Measure& main_measure(const Request& request) {
    for (const Measure& measure : request.mode->measures) {
        if (request.thresholds.said(measure.label)) return measure;
    }
    return request.mode->measures.front();
}

const Judged* worst_of_all(const std::vector<Judged>& judged, const Measure& measure) {
    const Judged* worst = nullptr;
    const Observation* its = nullptr;
    for (const Judged& each : judged) {
        const Observation* mine = worst_of(each.part, measure);
        if (mine == nullptr || !mine->value.number || (its != nullptr && badness(*mine) <= badness(*its))) continue;
        worst = &each;
        its = mine;
    }
    return worst;
}

void add_one_guest(const Judged& judged, const Request& request, const Roster& roster, Report& report) {
    Labels labels;
    for (const Observation& each : judged.part) {
        report.perf.push_back(perf_of(each, request, roster, labels));
    }
}

void add_many(const std::vector<Judged>& judged, const Request& request, const Roster& roster, Report& report) {
    Labels labels;
    const Measure& first = request.mode->measures.front();
    for (const Judged& each : judged) {
        const RosterGuest& who = roster.guests[each.guest];
        for (const Measure& measure : request.mode->measures) {
            const Observation* mine = worst_of(each.part, measure);
            if (mine == nullptr || !(&measure == &first || is_judged(*mine, request))) continue;
            // Which label is the guest's alone must not change with the thresholds.
            const std::string_view what = &measure == &first ? std::string_view() : measure.label;
            report.perf.push_back(perf_of(*mine, request, labels.of_guest(who.name, who.uuid, what)));
        }
    }
}

// Those with the worst values, as many as --top says.
std::vector<Judged> top(std::vector<Judged> judged, const Request& request) {
    if (request.top == 0 || judged.size() <= request.top) return judged;
    const Measure& main = main_measure(request);
    const auto how_bad = [&](const Judged& each) {
        const Observation* mine = worst_of(each.part, main);
        return mine != nullptr ? badness(*mine) : -std::numeric_limits<double>::infinity();
    };
    const auto before = [&](const Judged& a, const Judged& b) {
        const double one = how_bad(a), other = how_bad(b);
        return one != other ? one > other : a.guest < b.guest;
    };
    std::ranges::sort(judged, before);
    judged.resize(request.top);
    return judged;
}

}  // namespace

Perf perf_of(const Observation& observation, const Request& request, std::string label) {
    const bool percent = observation.measure->unit == "%";
    return {.label = std::move(label),
            .value = rounded(observation),
            .unit = observation.measure->unit,
            .thresholds = &request.thresholds.of(observation.measure->label),
            .minimum = percent ? std::nullopt : std::optional<double>(0),
            .maximum = std::nullopt};
}

Perf perf_of(const Observation& observation, const Request& request, const Roster& roster, Labels& labels) {
    const std::string_view device = device_of(roster, observation);
    const std::string_view what = observation.measure->label;
    return perf_of(observation, request, device.empty() ? labels.fixed(what) : labels.of_device(device, what));
}

std::string headline(const Chosen& chosen, const std::vector<Judged>& judged, const Request& request,
                     const Roster& roster) {
    const Measure& main = main_measure(request);
    const Judged* worst = worst_of_all(judged, main);
    if (chosen.one_by_name && judged.size() == 1 && worst != nullptr) {
        const std::string name = name_of(roster.guests[worst->guest]);
        return fmt::format("{} {} {}", name, main.noun, human(main, *worst_of(worst->part, main)->value.number));
    }
    std::string text = fmt::format("{} {}", judged.size(), judged.size() == 1 ? "guest" : "guests");
    if (worst == nullptr) return text;
    return text + fmt::format(", {} {} {} ({})", main.lower_is_worse ? "lowest" : "highest", main.noun, human(main, *worst_of(worst->part, main)->value.number),
                              name_of(roster.guests[worst->guest]));
}

void add_perfdata(const Chosen& chosen, const std::vector<Judged>& judged, const Request& request,
                  const Roster& roster, Report& report) {
    if (chosen.one_by_name) {
        for (const Judged& each : judged) add_one_guest(each, request, roster, report);
    } else if (request.worst) {
        const Measure& main = main_measure(request);
        const Judged* worst = worst_of_all(judged, main);
        if (worst != nullptr) report.perf.push_back(perf_of(*worst_of(worst->part, main), request, std::string(main.label)));
    } else {
        add_many(top(judged, request), request, roster, report);
    }
}

}  // namespace virtscope::checks
