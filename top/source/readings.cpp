#include "top/source/readings.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace virtscope::top {
namespace {

constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
constexpr float percent_of_ns = 1e7F;  // nanoseconds a second to per cent

template <MetricOfScope M>
Column column_of(M metric) {
    return {.scope = scope_of<M>, .metric = static_cast<std::size_t>(metric), .instance = {}};
}

// In the order in which read_guest() and read_host() ask for them.
std::vector<Column> guest_columns() {
    return {column_of(GuestMetric::cpu_time),         column_of(GuestMetric::cpu_wait),
            column_of(DiskMetric::read_bytes),        column_of(DiskMetric::write_bytes),
            column_of(DiskMetric::read_ops),          column_of(DiskMetric::write_ops),
            column_of(DiskMetric::read_time),         column_of(DiskMetric::write_time),
            column_of(NicMetric::rx_bytes),           column_of(NicMetric::tx_bytes),
            column_of(GuestMetric::memory_max),       column_of(GuestMetric::memory_balloon),
            column_of(GuestMetric::memory_available), column_of(GuestMetric::memory_usable),
            column_of(GuestMetric::memory_unused),    column_of(GuestMetric::memory_resident)};
}

std::vector<Column> host_columns() {
    return {column_of(HostMetric::cpu_user),     column_of(HostMetric::cpu_nice),
            column_of(HostMetric::cpu_system),   column_of(HostMetric::cpu_irq),
            column_of(HostMetric::cpu_guest),    column_of(HostMetric::cpu_steal),
            column_of(HostMetric::memory_total), column_of(HostMetric::memory_available),
            column_of(HostMetric::psi_cpu_some), column_of(HostMetric::psi_memory_some),
            column_of(HostMetric::psi_io_some)};
}

float either(float first, float second) { return std::isnan(first) ? second : first; }

float per_operation(float nanoseconds, float operations) {
    return operations > 0 ? nanoseconds / 1e9F / operations : unknown;
}

float& value(Reading& reading, Figure figure) { return reading.values[static_cast<std::size_t>(figure)]; }

}  // namespace

Meter::Meter(std::optional<Uuid> guest) : is_host_(!guest) {
    for (Column& column : guest ? guest_columns() : host_columns()) trackers_.emplace_back(std::move(column), guest);
}

float Meter::next(const Frame& frame) {
    const auto sample = trackers_[at_++].step(frame);
    return sample ? static_cast<float>(sample->value) : unknown;
}

Reading Meter::read(const Frame& frame, std::int64_t longest) {
    Reading reading{.sequence = frame.sequence, .realtime = frame.realtime, .reach = longest, .values = {}};
    if (before_ != 0) reading.reach = std::clamp<std::int64_t>(frame.realtime - before_, 1, longest);
    before_ = frame.realtime;
    reading.values.fill(unknown);
    at_ = 0;
    if (is_host_) {
        read_host(reading, frame);
    } else {
        read_guest(reading, frame);
    }
    return reading;
}

void Meter::read_guest(Reading& reading, const Frame& frame) {
    value(reading, Figure::cpu) = next(frame) / percent_of_ns;
    value(reading, Figure::steal) = next(frame) / percent_of_ns;
    for (const Figure figure : {Figure::read_bytes, Figure::write_bytes, Figure::read_ops, Figure::write_ops}) {
        value(reading, figure) = next(frame);
    }
    value(reading, Figure::read_latency) = per_operation(next(frame), reading.of(Figure::read_ops));
    value(reading, Figure::write_latency) = per_operation(next(frame), reading.of(Figure::write_ops));
    value(reading, Figure::rx_bytes) = next(frame);
    value(reading, Figure::tx_bytes) = next(frame);
    const float given = next(frame);
    value(reading, Figure::memory) = either(next(frame), given);
    const float seen = next(frame);
    const float usable = next(frame);
    const float unused = next(frame);
    value(reading, Figure::memory_used) = seen - either(usable, unused);
    value(reading, Figure::memory_resident) = next(frame);
}

void Meter::read_host(Reading& reading, const Frame& frame) {
    const float user = next(frame);
    const float nice = next(frame);
    const float system = next(frame);
    const float irq = next(frame);
    const float guests = next(frame);
    // Xen tells the host's own time as a whole.
    const float busy = std::isnan(user) ? system : user + nice + system + irq;
    value(reading, Figure::cpu) = (busy + guests) / percent_of_ns;
    value(reading, Figure::guest_cpu) = guests / percent_of_ns;
    value(reading, Figure::steal) = next(frame) / percent_of_ns;
    const float total = next(frame);
    value(reading, Figure::memory) = total;
    value(reading, Figure::memory_used) = total - next(frame);
    for (const Figure figure : {Figure::psi_cpu, Figure::psi_memory, Figure::psi_io}) {
        value(reading, figure) = next(frame) / percent_of_ns;
    }
}

}  // namespace virtscope::top
