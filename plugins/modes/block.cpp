// block: what do the guests' disks do, how fast, and do operations fail?
#include <array>

#include "plugins/judge/judge.h"
#include "plugins/modes/modes.h"

namespace virtscope::checks {
namespace {

template <DiskMetric metric>
Value rate(const Sight& sight) {
    return sight.rate(metric);
}

// Mean time of the operations that completed in the window, seconds; without any there is none.
Value mean_time(std::optional<double> time, std::optional<double> operations) {
    if (!time || !operations) return {};
    if (*operations <= 0) return Value::nothing_happened();
    return Value(*time / *operations / 1e9);
}

template <DiskMetric time, DiskMetric operations>
Value latency(const Sight& sight) {
    return mean_time(sight.increase(time), sight.increase(operations));
}

Value latency_of_all(const Sight& sight) {
    const auto reads = sight.increase(DiskMetric::read_ops), writes = sight.increase(DiskMetric::write_ops);
    const auto reading = sight.increase(DiskMetric::read_time), writing = sight.increase(DiskMetric::write_time);
    if (!reads || !writes || !reading || !writing) return {};
    return mean_time(*reading + *writing, *reads + *writes);
}

Value errors(const Sight& sight) { return sight.increase(DiskMetric::failed_ops); }
Value queue_full(const Sight& sight) { return sight.increase(DiskMetric::queue_full); }
Value in_flight(const Sight& sight) { return sight.gauge(DiskMetric::in_flight); }

constexpr std::array<Measure, 11> measures{{
    {.label = "latency", .unit = "s", .noun = "latency", .scope = Scope::Disk, .read = latency_of_all},
    {.label = "read_latency", .unit = "s", .noun = "read latency", .scope = Scope::Disk,
     .read = latency<DiskMetric::read_time, DiskMetric::read_ops>},
    {.label = "write_latency", .unit = "s", .noun = "write latency", .scope = Scope::Disk,
     .read = latency<DiskMetric::write_time, DiskMetric::write_ops>},
    {.label = "flush_latency", .unit = "s", .noun = "flush latency", .scope = Scope::Disk,
     .read = latency<DiskMetric::flush_time, DiskMetric::flush_ops>},
    {.label = "read_bytes", .unit = "B", .noun = "reads", .scope = Scope::Disk, .per_second = true,
     .read = rate<DiskMetric::read_bytes>},
    {.label = "write_bytes", .unit = "B", .noun = "writes", .scope = Scope::Disk, .per_second = true,
     .read = rate<DiskMetric::write_bytes>},
    {.label = "read_ops", .unit = "", .noun = "read operations", .scope = Scope::Disk, .per_second = true,
     .read = rate<DiskMetric::read_ops>},
    {.label = "write_ops", .unit = "", .noun = "write operations", .scope = Scope::Disk, .per_second = true,
     .read = rate<DiskMetric::write_ops>},
    {.label = "errors", .unit = "", .noun = "failed operations", .scope = Scope::Disk, .read = errors, .warning = "0"},
    {.label = "in_flight", .unit = "", .noun = "operations in flight", .scope = Scope::Disk, .momentary = true,
     .read = in_flight},
    {.label = "queue_full", .unit = "", .noun = "requests that found the queue full", .scope = Scope::Disk, .read = queue_full},
}};

std::string why_unknown(const Frame& frame, std::size_t guest) {
    const RosterGuest& who = frame.roster->guests[guest];
    if (!is_told_by_xen(frame, guest) || who.disks == 0 || !who.note.empty()) return who.note;
    return "Xen's block backend counts requests and bytes alone: judge those, and queue_full";
}

Result<Report> run(const Request& request, Snapshot& snapshot) {
    return judge_measures(request, snapshot, {.why_unknown = why_unknown, .nothing = "has no disks"});
}

}  // namespace

const Mode block_mode{.name = "block",
                      .service = "BLOCK",
                      .help = "Disks of each guest: latency, bytes and operations a second, failed operations, those in flight",
                      .example = "--window 5m -w latency=20ms -c latency=100ms,errors=0",
                      .about = About::devices,
                      .measures = measures,
                      .window = "60s",
                      .run = run};

}  // namespace virtscope::checks
