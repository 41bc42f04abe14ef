#include "plugins/look/observe.h"

#include <algorithm>

#include "core/text.h"
#include "plugins/look/past.h"
#include "plugins/look/rows.h"

namespace virtscope::checks {
namespace {

bool wanted_device(const Roster& roster, const Observation& each, const Request& request) {
    const std::string_view name = device_of(roster, each);
    return name.empty() || request.devices.empty() || std::ranges::find(request.devices, name) != request.devices.end();
}

void add_rows(const Roster& roster, const Measure& measure, std::size_t guest, const Request& request,
              std::vector<Observation>& out) {
    if (measure.read == nullptr) return;
    const Rows rows = rows_of(roster, measure.scope, guest);
    for (std::size_t row = rows.first; row < rows.first + rows.count; ++row) {
        const Observation each{.measure = &measure, .guest = guest, .row = row, .value = {}};
        if (wanted_device(roster, each, request)) out.push_back(each);
    }
}

std::vector<Observation> lay_out(const Roster& roster, const Request& request, std::span<const Measure* const> measures,
                                 std::span<const std::size_t> guests) {
    std::vector<Observation> all;
    for (const Measure* const measure : measures) {
        if (!is_of_guests(measure->scope)) add_rows(roster, *measure, 0, request, all);
    }
    for (const std::size_t guest : guests) {
        for (const Measure* const measure : measures) {
            if (is_of_guests(measure->scope)) add_rows(roster, *measure, guest, request, all);
        }
    }
    return all;
}

std::vector<const Measure*> wanted_measures(std::span<const Measure> measures, const Request& request, bool few) {
    std::vector<const Measure*> wanted;
    for (const Measure& measure : measures) {
        if (!few || wanted.empty() || request.thresholds.judges(measure.label)) wanted.push_back(&measure);
    }
    return wanted;
}

// The time that a measure is about lies between the pair's frames: its mean needs no more than these two.
bool by_pair(const Measure& measure, const Stat& stat) {
    return !measure.momentary && (stat.kind == Stat::Kind::natural || stat.kind == Stat::Kind::average);
}

Result<> read_pair(Snapshot& snapshot, const Request& request, Observed& observed) {
    const auto window = take_window(snapshot, request.window);
    if (!window) return std::unexpected(window.error());
    const FramePair& pair = (*window)->pair;
    for (Observation& each : observed.all) {
        if (!by_pair(*each.measure, request.stat)) continue;
        each.value = each.measure->read({pair, each.guest, each.row, request, *snapshot.frame});
    }
    if (!(*window)->note.empty()) observed.notes.push_back((*window)->note);
    observed.basis = fmt::format("average over {}", human_duration(pair.interval()));
    return {};
}

void read_newest(Snapshot& snapshot, const Request& request, Observed& observed) {
    const FramePair alone(nullptr, snapshot.frame);
    for (Observation& each : observed.all) {
        if (each.measure->momentary && !request.stat.scans())
            each.value = each.measure->read({alone, each.guest, each.row, request, *snapshot.frame});
    }
}

Result<> read_past(Snapshot& snapshot, const Request& request, Observed& observed) {
    std::vector<Observation*> wanted;
    for (Observation& each : observed.all) {
        if (!by_pair(*each.measure, request.stat) && !(each.measure->momentary && !request.stat.scans()))
            wanted.push_back(&each);
    }
    if (wanted.empty()) return {};
    const auto samples = over_window(snapshot, request, wanted);
    if (!samples) return std::unexpected(samples.error());
    const std::string stat = request.stat.kind == Stat::Kind::percentile
                                 ? fmt::format("{:.0f}th percentile", request.stat.percent)
                                 : std::string(request.stat.text());
    observed.basis = fmt::format("{} of {} samples in {}", stat, *samples, human_duration(request.window.count()));
    return {};
}

}  // namespace

std::string_view device_of(const Roster& roster, const Observation& observation) {
    const auto& instances = roster.instances(observation.measure->scope);
    return observation.row < instances.size() ? std::string_view(instances[observation.row].name) : std::string_view();
}

Result<Observed> observe(Snapshot& snapshot, const Request& request, std::span<const Measure> measures,
                         std::span<const std::size_t> guests, bool few) {
    Observed observed;
    observed.all = lay_out(*snapshot.frame->roster, request, wanted_measures(measures, request, few), guests);
    read_newest(snapshot, request, observed);
    const auto paired = [&](const Measure& measure) { return by_pair(measure, request.stat); };
    if (std::ranges::any_of(measures, paired)) {
        if (auto read = read_pair(snapshot, request, observed); !read) return std::unexpected(read.error());
    }
    if (auto read = read_past(snapshot, request, observed); !read) return std::unexpected(read.error());
    return observed;
}

}  // namespace virtscope::checks
