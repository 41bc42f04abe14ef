// Disks and network cards of a guest, a row each.
#include <fmt/format.h>

#include "core/text.h"
#include "top/view/detail/sections.h"
#include "top/view/units.h"

namespace virtscope::top {
namespace {

Lines section(std::string_view title, const PaneTable& table, std::string_view none, std::size_t width) {
    Lines lines{section_title(title, width)};
    if (table.rows.empty()) lines.push_back({clip(none, width), Style::dim});
    const Lines rows = lines_of(table, width);
    lines.insert(lines.end(), rows.begin(), rows.end());
    return lines;
}

std::string size_text(std::optional<std::uint64_t> bytes) {
    return brief_bytes(bytes ? std::optional(static_cast<double>(*bytes)) : std::nullopt);
}

// Time an operation takes: all of them share what was spent.
template <class Metric>
std::string latency(const FramePair& pair, std::size_t row, Metric time, Metric operations) {
    const auto spent = pair.rate(row, time);
    const auto done = pair.rate(row, operations);
    if (!spent || !done || *done <= 0) return "-";
    return brief_ms(*spent / 1e9 / *done);
}

// A count that should be 0: all there ever were; critical while there come more.
template <class Metric>
PaneCell trouble(const FramePair& pair, std::size_t row, Metric metric) {
    const auto count = pair.now()->get(row, metric);
    if (!count) return {"-"};
    const bool grows = pair.rate(row, metric).value_or(0) > 0;
    const std::string text = *count < 1000 ? fmt::format("{}", *count) : brief_count(static_cast<double>(*count));
    return {text, grows ? Style::critical : *count != 0 ? Style::busy : Style::plain};
}

std::vector<PaneCell> traffic_row(const FramePair& pair, std::size_t row) {
    const Frame& frame = *pair.now();
    const auto queue = frame.get(row, DiskMetric::in_flight);
    return {{frame.roster->disks[row].name},
            {brief_count(pair.rate(row, DiskMetric::read_ops))},
            {brief_bytes(pair.rate(row, DiskMetric::read_bytes))},
            {latency(pair, row, DiskMetric::read_time, DiskMetric::read_ops)},
            {brief_count(pair.rate(row, DiskMetric::write_ops))},
            {brief_bytes(pair.rate(row, DiskMetric::write_bytes))},
            {latency(pair, row, DiskMetric::write_time, DiskMetric::write_ops)},
            {queue ? fmt::format("{}", *queue) : "-"},
            {brief_count(pair.rate(row, DiskMetric::flush_ops))},
            {latency(pair, row, DiskMetric::flush_time, DiskMetric::flush_ops)},
            trouble(pair, row, DiskMetric::failed_ops)};
}

std::vector<PaneCell> space_row(const Frame& frame, std::size_t row) {
    return {{frame.roster->disks[row].name},
            {size_text(frame.get(row, DiskMetric::capacity))},
            {size_text(frame.get(row, DiskMetric::allocation))},
            {size_text(frame.get(row, DiskMetric::physical))},
            {frame.roster->disks[row].source, Style::dim}};
}

std::vector<PaneCell> nic_row(const FramePair& pair, std::size_t row) {
    return {{pair.now()->roster->nics[row].name},
            {brief_count(pair.rate(row, NicMetric::rx_packets))},
            {brief_bytes(pair.rate(row, NicMetric::rx_bytes))},
            trouble(pair, row, NicMetric::rx_errors),
            trouble(pair, row, NicMetric::rx_drops),
            {brief_count(pair.rate(row, NicMetric::tx_packets))},
            {brief_bytes(pair.rate(row, NicMetric::tx_bytes))},
            trouble(pair, row, NicMetric::tx_errors),
            trouble(pair, row, NicMetric::tx_drops),
            {pair.now()->roster->nics[row].source, Style::dim}};
}

}  // namespace

Lines disks_section(const GuestNow& guest, std::size_t width) {
    PaneTable traffic{
        .titles = {"disk", "rd/s", "rd B/s", "rd ms", "wr/s", "wr B/s", "wr ms", "queue", "fl/s", "fl ms", "failed"},
        .rows = {},
        .ends_in_text = false};
    PaneTable space{.titles = {"disk", "size", "allocated", "physical", "image"}, .rows = {}};
    const RosterGuest& who = guest.who();
    for (std::size_t row = who.first_disk; row < who.first_disk + who.disks; ++row) {
        traffic.rows.push_back(traffic_row(guest.picture.pair, row));
        space.rows.push_back(space_row(guest.frame(), row));
    }
    Lines lines = section("Disks: reads, writes, flushes, ms each; failed ever", traffic, "no disks are known", width);
    const Lines sizes = lines_of(space, width);
    lines.insert(lines.end(), sizes.begin(), sizes.end());
    return lines;
}

Lines nics_section(const GuestNow& guest, std::size_t width) {
    PaneTable table{
        .titles = {"NIC", "rx/s", "rx B/s", "rx err", "rx drop", "tx/s", "tx B/s", "tx err", "tx drop", "bridge"},
        .rows = {}};
    const RosterGuest& who = guest.who();
    for (std::size_t i = 0; i < who.nics; ++i) table.rows.push_back(nic_row(guest.picture.pair, who.first_nic + i));
    return section("Network, as the guest sees it; errors and drops ever", table, "no network cards are known", width);
}

}  // namespace virtscope::top
