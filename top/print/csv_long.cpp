#include "top/print/csv_long.h"

#include <ctime>

#include <fmt/format.h>

#include "top/print/csv_field.h"
#include "top/view/figures.h"

namespace virtscope::top {
namespace {

// Of the guest in hand.
struct Figures {
    const FramePair& pair;
    std::size_t guest;

    std::optional<std::uint64_t> now(GuestMetric metric) const { return pair.now()->get(guest, metric); }
    std::string increase(GuestMetric metric) const {
        return csv_number(pair.increase_of(Scope::Guest, guest, static_cast<std::size_t>(metric)));
    }
    template <class Metric>
    std::string sum(Metric metric) const {
        return csv_number(increase_sum(pair, guest, metric));
    }
};

std::string fraction(std::optional<double> value) { return value ? fmt::format("{:.3f}", *value) : std::string(); }

// "2026-11-23T03:12:05.123Z"
std::string utc_text(std::int64_t realtime) {
    constexpr std::int64_t second = 1'000'000'000;
    const std::time_t seconds = realtime / second;
    std::tm parts{};
    if (::gmtime_r(&seconds, &parts) == nullptr) return {};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, realtime % second / 1'000'000);
}

std::string cpu_fields(const Figures& of) {
    return fmt::format(",{},{},{},{}", csv_number(of.now(GuestMetric::vcpus)), of.increase(GuestMetric::cpu_time),
                       fraction(cpu_percent(of.pair, of.guest)), fraction(steal_percent(of.pair, of.guest)));
}

std::string memory_fields(const Figures& of) {
    const Frame& frame = *of.pair.now();
    return fmt::format(",{},{},{}", csv_number(memory_of(frame, of.guest)), fraction(memory_percent(frame, of.guest)),
                       csv_number(of.now(GuestMetric::memory_resident)));
}

std::string block_fields(const Figures& of) {
    return fmt::format(",{},{},{},{}", of.sum(DiskMetric::read_ops), of.sum(DiskMetric::write_ops),
                       of.sum(DiskMetric::read_bytes), of.sum(DiskMetric::write_bytes));
}

std::string net_fields(const Figures& of) {
    return fmt::format(",{},{},{},{}", of.sum(NicMetric::rx_bytes), of.sum(NicMetric::tx_bytes),
                       of.sum(NicMetric::rx_packets), of.sum(NicMetric::tx_packets));
}

// Until the frame, as long as it is not known how long ago the picture was asked for.
std::string age_text(const Figures& of) {
    const auto age = of.now(GuestMetric::monitor_age);
    return fraction(age ? std::optional(static_cast<double>(*age) / 1e9) : std::nullopt);
}

std::string guest_line(const Host& host, const Figures& of, const CsvOptions& options) {
    const Frame& frame = host.picture.frame();
    const RosterGuest& who = frame.roster->guests[of.guest];
    const GuestState state = state_of_guest(frame, of.guest);
    const std::int64_t interval = of.pair.interval();
    std::string line = fmt::format("{},{},{},{},{},{},{},{}", utc_text(frame.realtime), csv_field(host.shown_name()),
                                   csv_field(who.name), who.uuid.text(),
                                   is_active(state) ? fmt::format("{}", who.local_id) : std::string(),
                                   state_name(state), is_stale(frame, of.guest) ? 1 : 0,
                                   interval == 0 ? std::string() : fraction(static_cast<double>(interval) / 1e9));
    line += "," + age_text(of);
    if (options.cpu) line += cpu_fields(of);
    if (options.memory) line += memory_fields(of);
    if (options.block) line += block_fields(of);
    if (options.net) line += net_fields(of);
    return line + "\n";
}

}  // namespace

std::string csv_long_header(const CsvOptions& options) {
    std::string header = "time,host,guest,uuid,id,state,stale,interval_s,age_s";
    if (options.cpu) header += ",vcpus,cpu_ns,cpu_percent,steal_percent";
    if (options.memory) header += ",mem_bytes,mem_percent,rss_bytes";
    if (options.block) header += ",read_requests,write_requests,read_bytes,write_bytes";
    if (options.net) header += ",rx_bytes,tx_bytes,rx_packets,tx_packets";
    return header + "\n";
}

std::string csv_long_rows(const Host& host, const CsvOptions& options, const GuestChoice& choice) {
    std::string rows;
    for (const std::size_t guest : choice.rows_by_id(host, GuestChoice::Of::all))
        rows += guest_line(host, {host.picture.pair, guest}, options);
    return rows;
}

}  // namespace virtscope::top
