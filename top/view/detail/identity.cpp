// Who a guest is, and how it fares.
#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time_text.h"
#include "top/view/detail/sections.h"
#include "top/view/figures.h"
#include "top/view/line_builder.h"
#include "top/view/units.h"

namespace virtscope::top {
namespace {

constexpr std::uint64_t last_time = 9'000'000'000'000'000'000;  // later than any clock; a damaged file may say more

std::optional<std::int64_t> start_of(const GuestNow& guest) {
    const auto start = guest.frame().get(guest.row, GuestMetric::start_time);
    if (!start || *start == 0 || *start > last_time) return std::nullopt;
    return static_cast<std::int64_t>(*start);
}

std::string uptime(const GuestNow& guest) {
    const auto start = start_of(guest);
    if (!start || *start > guest.frame().realtime) return {};
    return human_duration(guest.frame().realtime - *start);
}

std::string text_of_state(const GuestNow& guest) {
    std::string text(state_name(state_of_guest(guest.frame(), guest.row)));
    if (is_stale(guest.frame(), guest.row)) text += ", does not answer";
    return text;
}

std::string known_or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::optional<double> rate(const GuestNow& guest, DiskMetric metric) {
    return rate_sum(guest.picture.pair, guest.row, metric);
}
std::optional<double> rate(const GuestNow& guest, NicMetric metric) {
    return rate_sum(guest.picture.pair, guest.row, metric);
}

std::string memory_text(const GuestNow& guest) {
    const Frame& frame = guest.frame();
    const auto memory = memory_of(frame, guest.row);
    const auto resident = frame.get(guest.row, GuestMetric::memory_resident);
    const auto text = [](std::optional<std::uint64_t> bytes) { return bytes ? human_bytes(*bytes) : "-"; };
    return fmt::format("{} resident of {}", text(resident), text(memory));
}

}  // namespace

Line name_line(const GuestNow& guest, std::size_t width) {
    const std::string up = uptime(guest);
    LineBuilder line;
    line.add(guest.who().name).add("  ").add(text_of_state(guest));
    if (!up.empty() && is_active(state_of_guest(guest.frame(), guest.row))) line.add(", up " + up);
    line.add(fmt::format("  {} id {}", guest.who().driver, guest.who().local_id));
    Line made = line.take(width);
    made.style = is_stale(guest.frame(), guest.row) ? Style::warning : Style::heading;
    return made;
}

Line summary_line(const GuestNow& guest, std::size_t width) {
    const FramePair& pair = guest.picture.pair;
    const auto cpu = pair.rate(guest.row, GuestMetric::cpu_time);
    const std::optional<double> percent = cpu ? std::optional(*cpu / 1e7 / guest.cpu.cpus) : std::nullopt;
    const auto steal = steal_percent(pair, guest.row);
    const Style steal_style = steal.value_or(0) >= 20  ? Style::critical
                              : steal.value_or(0) >= 5 ? Style::busy
                                                       : Style::plain;
    const Lines lines = flow({{"CPU", with_unit(percent, Measure::percent) + " " + std::string(guest.cpu.of)},
                              {"steal", with_unit(steal, Measure::percent), steal_style},
                              {"read", with_unit(rate(guest, DiskMetric::read_bytes), Measure::bytes_a_second)},
                              {"write", with_unit(rate(guest, DiskMetric::write_bytes), Measure::bytes_a_second)},
                              {"in", with_unit(rate(guest, NicMetric::rx_bytes), Measure::bytes_a_second)},
                              {"out", with_unit(rate(guest, NicMetric::tx_bytes), Measure::bytes_a_second)},
                              {"memory", memory_text(guest)}},
                             width);
    return lines.empty() ? Line{} : lines.front();
}

Lines identity_section(const GuestNow& guest, std::size_t width) {
    const RosterGuest& who = guest.who();
    const auto start = start_of(guest);
    const auto age = monitor_age(guest.picture, guest.row);
    const auto latency = guest.frame().get(guest.row, GuestMetric::monitor_latency);
    std::vector<Fact> facts{{"UUID", who.uuid.text()},
                            {"driver", known_or_dash(who.driver)},
                            {"id", fmt::format("{}", who.local_id)},
                            {"machine", known_or_dash(who.machine)},
                            {"started", start ? local_time(*start) : "-"},
                            {"hypervisor answered", age ? human_duration(age->count()) + " ago" : "never"}};
    if (latency) facts.push_back({"after", with_unit(static_cast<double>(*latency) / 1e9, Measure::seconds)});
    Lines lines{section_title("Identity", width)};
    const Lines more = flow(facts, width);
    lines.insert(lines.end(), more.begin(), more.end());
    return lines;
}

}  // namespace virtscope::top
