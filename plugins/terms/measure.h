// Measure: one figure that a mode judges, for each guest or for each of its devices.
//
// A measure is a row in its mode's table. Its label is what thresholds (`-w write_latency=20ms`) and perfdata call it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/rates.h"
#include "plugins/terms/range.h"

namespace virtscope::checks {

struct Request;

// What a measure is read from: two frames, and the rows of the newer one.
struct Sight {
    const FramePair& pair;
    std::size_t guest;  // row of the guest; of no meaning for the host's measures
    std::size_t row;    // row in the measure's scope
    const Request& request;
    const Frame& newest;  // of the snapshot; samples of one guest's past are without the host's values

    const Frame& now() const { return *pair.now(); }
    const RosterGuest& who() const { return now().roster->guests[guest]; }

    // No level is so high and no counter moves so fast: 8 EiB or 292 years, 100 TB or 100,000 CPUs a second. What was read
    // there is garbage, and no figure is made of it.
    static constexpr std::uint64_t highest_level = std::uint64_t{1} << 63;
    static constexpr double highest_rate = 1e14;

    template <MetricOfScope M>
    std::optional<double> gauge(M metric) const {
        const auto value = now().get(place<M>(), metric);
        if (!value || *value >= highest_level) return std::nullopt;
        return static_cast<double>(*value);
    }
    // Units a second.
    template <MetricOfScope M>
    std::optional<double> rate(M metric) const {
        const auto found = pair.rate(place<M>(), metric);
        return found && *found < highest_rate ? found : std::nullopt;
    }
    template <MetricOfScope M>
    std::optional<double> increase(M metric) const {
        if (!rate(metric)) return std::nullopt;
        const auto value = pair.increase_of(scope_of<M>, place<M>(), static_cast<std::size_t>(metric));
        if (!value) return std::nullopt;
        return static_cast<double>(*value);
    }

private:
    template <MetricOfScope M>
    std::size_t place() const {
        if constexpr (scope_of<M> == Scope::Host || scope_of<M> == Scope::Agent) return 0;
        if constexpr (scope_of<M> == Scope::Guest) return guest;
        return row;
    }
};

// A figure as it was found. `idle`: known to have nothing to say (no operation, so no latency): that is no
// cause for alarm, but no number either.
struct Value {
    std::optional<double> number;
    bool idle = false;

    Value() = default;
    Value(std::optional<double> found) : number(found) {}  // NOLINT(google-explicit-constructor): a figure is one
    static Value nothing_happened() {
        Value value;
        value.idle = true;
        return value;
    }
    bool unknown() const { return !number && !idle; }
};

struct Measure {
    std::string_view label;  // "write_latency"
    std::string_view unit;   // of thresholds and perfdata: "s", "B", "%" or none
    std::string_view noun;   // "write latency"
    Scope scope = Scope::Guest;
    // A gauge: without --stat its newest value counts. Others are about the time between two frames.
    bool momentary = false;
    bool lower_is_worse = false;
    bool sums_guests = false;     // of the host, but out of all guests' rows: past samples need them whole
    bool per_second = false;  // for people, its values are "a second"
    Value (*read)(const Sight& sight) = nullptr;  // null: the mode finds it in a way of its own
    std::string_view warning = {};                // presets, empty: none
    std::string_view critical = {};
};

// "12.5 MiB/s", "35 ms", "93.1 %"
std::string human(const Measure& measure, double value);
// A range in the form in which it is given, with units and not rounded: "20 ms", "10 %:", "@1 KiB/s:2 KiB/s".
std::string human(const Measure& measure, const Range& range);
// "-w 80 %, -c none"
std::string human(const Measure& measure, const Thresholds& thresholds);

}  // namespace virtscope::checks
