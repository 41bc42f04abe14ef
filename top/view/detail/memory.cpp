// The memory truth table: every number there is about a guest's memory, with who says so.
#include <fmt/format.h>

#include "core/text.h"
#include "top/view/detail/sections.h"
#include "top/view/units.h"

namespace virtscope::top {
namespace {

constexpr std::string_view by_hypervisor = "config";
constexpr std::string_view by_balloon = "balloon";
constexpr std::string_view by_guest = "guest driver";
constexpr std::string_view by_host = "host kernel";

std::string bytes(std::optional<std::uint64_t> value) { return value ? human_bytes(*value) : "-"; }

class Truth {
public:
    explicit Truth(const GuestNow& guest) : guest_(guest), table_{.titles = {"", "value", "says"}, .rows = {}} {}

    void size(std::string_view name, GuestMetric metric, std::string_view by) { add(name, bytes(get(metric)), by); }
    // Left out where the hypervisor does not tell it.
    void told_size(std::string_view name, GuestMetric metric, std::string_view by) {
        if (get(metric)) size(name, metric, by);
    }
    void rate(std::string_view name, GuestMetric metric, Measure unit, std::string_view by) {
        add(name, with_unit(guest_.picture.pair.rate(guest_.row, metric), unit), by);
    }
    // The guest's kernel counts what it could give away as free, or only what lies idle.
    void used() {
        const auto seen = get(GuestMetric::memory_available);
        const auto usable = get(GuestMetric::memory_usable);
        const auto rest = usable ? usable : get(GuestMetric::memory_unused);
        const bool known = seen && rest && *seen >= *rest;
        add("guest uses", bytes(known ? std::optional(*seen - *rest) : std::nullopt),
            !known || usable ? "sees-can use" : "sees-unused");
    }
    PaneTable take() { return std::move(table_); }

private:
    std::optional<std::uint64_t> get(GuestMetric metric) const { return guest_.frame().get(guest_.row, metric); }
    void add(std::string_view name, std::string value, std::string_view by) {
        table_.rows.push_back({{std::string(name), Style::label}, {std::move(value)}, {std::string(by), Style::dim}});
    }

    const GuestNow& guest_;
    PaneTable table_;
};

}  // namespace

Lines memory_section(const GuestNow& guest, std::size_t width) {
    Truth truth(guest);
    truth.size("configured", GuestMetric::memory_max, by_hypervisor);
    truth.size("balloon leaves", GuestMetric::memory_balloon, by_balloon);
    truth.told_size("balloon's target", GuestMetric::memory_target, by_hypervisor);
    truth.size("guest sees", GuestMetric::memory_available, by_guest);
    truth.used();
    truth.size("guest can use", GuestMetric::memory_usable, by_guest);
    truth.size("guest unused", GuestMetric::memory_unused, by_guest);
    truth.size("guest caches", GuestMetric::memory_caches, by_guest);
    truth.size("resident", GuestMetric::memory_resident, by_host);
    truth.rate("guest swap in", GuestMetric::swap_in, Measure::bytes_a_second, by_guest);
    truth.rate("guest swap out", GuestMetric::swap_out, Measure::bytes_a_second, by_guest);
    truth.rate("guest major flts", GuestMetric::guest_major_faults, Measure::a_second, by_guest);
    truth.rate("guest minor flts", GuestMetric::guest_minor_faults, Measure::a_second, by_guest);
    truth.rate("major faults", GuestMetric::major_faults, Measure::a_second, by_host);
    truth.rate("minor faults", GuestMetric::minor_faults, Measure::a_second, by_host);
    Lines lines{section_title("Memory, and who says so", width)};
    const Lines table = lines_of(truth.take(), width);
    lines.insert(lines.end(), table.begin(), table.end());
    return lines;
}

}  // namespace virtscope::top
