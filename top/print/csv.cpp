#include "top/print/csv.h"

#include <fmt/format.h>

#include "core/text.h"
#include "top/print/by_id.h"
#include "top/view/figures.h"
#include "top/view/summary.h"

namespace virtscope::top {
namespace {

std::string text(std::optional<std::uint64_t> value) { return value ? fmt::format("{}", *value) : std::string(); }

std::optional<std::uint64_t> kibi(std::optional<std::uint64_t> bytes) {
    return bytes ? std::optional(*bytes / 1024) : std::nullopt;
}

std::optional<std::uint64_t> cut(std::optional<double> value) {
    return value ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

std::string float_text(std::optional<double> value) { return value ? ocaml_float(*value) : std::string(); }

std::string host_fields(const FramePair& pair, std::string_view host) {
    const Frame& frame = *pair.now();
    const Totals totals = totals_of(pair);
    const std::string memory = text(kibi(totals.memory));
    return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}",
                       csv_field(host.empty() ? frame.roster->host.name : host), clock_text(frame),
                       csv_field(frame.roster->host.arch), text(frame.get(0, HostMetric::cpus)), totals.guests,
                       totals.running, totals.blocked, totals.paused, totals.shutting_down, totals.shut_off,
                       totals.crashed, totals.active, totals.inactive,
                       totals.cpu_percent ? fmt::format("{:.1f}", *totals.cpu_percent) : std::string(),
                       text(kibi(frame.get(0, HostMetric::memory_total))), memory, memory, text(totals.cpu_time));
}

std::string guest_fields(const FramePair& pair, std::size_t guest, bool block_bytes) {
    const Frame& frame = *pair.now();
    const RosterGuest& who = frame.roster->guests[guest];
    const auto cpu_time = pair.increase_of(Scope::Guest, guest, static_cast<std::size_t>(GuestMetric::cpu_time));
    const auto read = block_bytes ? DiskMetric::read_bytes : DiskMetric::read_ops;
    const auto written = block_bytes ? DiskMetric::write_bytes : DiskMetric::write_ops;
    return fmt::format(",{},{},{},{},{},{},{},{},{},{}", who.local_id, csv_field(who.name),
                       cpu_time ? ocaml_float(static_cast<double>(*cpu_time)) : std::string(),
                       float_text(cpu_percent(pair, guest)), text(kibi(memory_of(frame, guest))),
                       text(cut(memory_percent(frame, guest))), text(increase_sum(pair, guest, read)),
                       text(increase_sum(pair, guest, written)), text(increase_sum(pair, guest, NicMetric::rx_bytes)),
                       text(increase_sum(pair, guest, NicMetric::tx_bytes)));
}

}  // namespace

std::string csv_header(bool block_bytes) {
    return fmt::format(
        "Hostname,Time,Arch,Physical CPUs,Count,Running,Blocked,Paused,Shutdown,Shutoff,Crashed,Active,Inactive,%CPU,"
        "Total hardware memory (KB),Total memory (KB),Total guest memory (KB),Total CPU time (ns),"
        "Domain ID,Domain name,CPU (ns),%CPU,Mem (bytes),%Mem,Block {0},Block {1},Net RXBY,Net TXBY\n",
        block_bytes ? "RDBY" : "RDRQ", block_bytes ? "WRBY" : "WRRQ");
}

std::string csv_row(const Picture& picture, bool block_bytes, std::string_view host) {
    std::string row = host_fields(picture.pair, host);
    for (const std::size_t guest : all_by_id(picture.frame())) {
        if (is_active(state_of_guest(picture.frame(), guest))) row += guest_fields(picture.pair, guest, block_bytes);
    }
    return row + "\n";
}

std::string csv_field(std::string_view raw) {
    std::string field;
    bool quote = false;
    for (std::size_t at = 0; at <= raw.size();) {
        const std::size_t stop = std::min(raw.find_first_of("\",\r\n", at), raw.size());
        field += printable(raw.substr(at, stop - at), raw.size());
        if (stop < raw.size()) {
            quote = true;
            field.append(raw[stop] == '"' ? 2 : 1, raw[stop]);
        }
        at = stop + 1;
    }
    // A blank at an end would be lost to readers that trim.
    if (!field.empty() && (field.front() == ' ' || field.back() == ' ')) quote = true;
    return quote ? "\"" + field + "\"" : field;
}

std::string ocaml_float(double value) {
    std::string digits = fmt::format("{:.12g}", value);
    if (digits.find_first_not_of("-0123456789") == std::string::npos) digits += '.';
    return digits;
}

}  // namespace virtscope::top
