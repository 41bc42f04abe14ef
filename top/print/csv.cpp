#include "top/print/csv.h"

#include <fmt/format.h>

#include "top/print/csv_field.h"
#include "top/view/figures.h"
#include "top/view/summary.h"

namespace virtscope::top {
namespace {

std::optional<std::uint64_t> kibi(std::optional<std::uint64_t> bytes) {
    return bytes ? std::optional(*bytes / 1024) : std::nullopt;
}

std::optional<std::uint64_t> cut(std::optional<double> value) {
    return value ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

std::string float_text(std::optional<double> value) { return value ? ocaml_float(*value) : std::string(); }

// virt-top's first line says 0.
std::string host_cpu(const FramePair& pair, const Totals& totals) {
    if (pair.interval() == 0) return "0.0";
    return totals.cpu_percent ? fmt::format("{:.1f}", *totals.cpu_percent) : std::string();
}

std::string host_cpu_time(const FramePair& pair, const Totals& totals) {
    return pair.interval() == 0 ? "0" : csv_number(totals.cpu_time);
}

std::string host_fields(const Host& host) {
    const FramePair& pair = host.picture.pair;
    const Frame& frame = *pair.now();
    const Totals totals = totals_of(pair);
    const std::string memory = csv_number(kibi(totals.memory));
    return fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}", csv_field(host.shown_name()), clock_text(frame),
        csv_field(frame.roster->host.arch), csv_number(frame.get(0, HostMetric::cpus)), totals.guests, totals.running,
        totals.blocked, totals.paused, totals.shutting_down, totals.shut_off, totals.crashed, totals.active,
        totals.inactive, host_cpu(pair, totals), csv_number(kibi(frame.get(0, HostMetric::memory_total))), memory,
        memory, host_cpu_time(pair, totals));
}

std::string cpu_fields(const FramePair& pair, std::size_t guest) {
    if (is_new_guest(pair, guest)) return ",0.,0.";
    const auto time = pair.increase_of(Scope::Guest, guest, static_cast<std::size_t>(GuestMetric::cpu_time));
    return fmt::format(",{},{}", time ? ocaml_float(static_cast<double>(*time)) : std::string(),
                       float_text(cpu_percent(pair, guest)));
}

std::string memory_fields(const FramePair& pair, std::size_t guest) {
    if (is_new_guest(pair, guest)) return ",0,0";
    const Frame& frame = *pair.now();
    return fmt::format(",{},{}", csv_number(kibi(memory_of(frame, guest))),
                       csv_number(cut(memory_percent(frame, guest))));
}

std::string block_fields(const FramePair& pair, std::size_t guest, bool bytes) {
    const auto read = bytes ? DiskMetric::read_bytes : DiskMetric::read_ops;
    const auto written = bytes ? DiskMetric::write_bytes : DiskMetric::write_ops;
    return fmt::format(",{},{}", csv_number(increase_sum(pair, guest, read)),
                       csv_number(increase_sum(pair, guest, written)));
}

std::string net_fields(const FramePair& pair, std::size_t guest) {
    return fmt::format(",{},{}", csv_number(increase_sum(pair, guest, NicMetric::rx_bytes)),
                       csv_number(increase_sum(pair, guest, NicMetric::tx_bytes)));
}

std::string guest_fields(const FramePair& pair, std::size_t guest, const CsvOptions& options) {
    const RosterGuest& who = pair.now()->roster->guests[guest];
    std::string fields = fmt::format(",{},{}", who.local_id, csv_field(who.name));
    if (options.cpu) fields += cpu_fields(pair, guest);
    if (options.memory) fields += memory_fields(pair, guest);
    if (options.block) fields += block_fields(pair, guest, options.block_bytes);
    if (options.net) fields += net_fields(pair, guest);
    return fields;
}

}  // namespace

std::string csv_header(const CsvOptions& options) {
    std::string header =
        "Hostname,Time,Arch,Physical CPUs,Count,Running,Blocked,Paused,Shutdown,Shutoff,Crashed,Active,Inactive,%CPU,"
        "Total hardware memory (KB),Total memory (KB),Total guest memory (KB),Total CPU time (ns),"
        "Domain ID,Domain name";
    if (options.cpu) header += ",CPU (ns),%CPU";
    if (options.memory) header += ",Mem (bytes),%Mem";
    if (options.block) header += options.block_bytes ? ",Block RDBY,Block WRBY" : ",Block RDRQ,Block WRRQ";
    if (options.net) header += ",Net RXBY,Net TXBY";
    return header + "\n";
}

std::string csv_row(const Host& host, const CsvOptions& options, const GuestChoice& choice) {
    const FramePair& pair = host.picture.pair;
    std::string row = host_fields(host);
    for (const std::size_t guest : choice.rows_by_id(host, GuestChoice::Of::active))
        row += guest_fields(pair, guest, options);
    return row + "\n";
}

bool is_new_guest(const FramePair& pair, std::size_t guest) { return !pair.older(Scope::Guest, guest); }

}  // namespace virtscope::top
