// The list of block devices: virt-top's columns and, before the guest's name, latency, queue and failures.
#include "core/text.h"
#include "top/view/cells.h"
#include "top/view/list/column_sets.h"
#include "top/view/list/shared_columns.h"

namespace virtscope::top {
namespace {

template <DiskMetric metric>
std::optional<double> rate_of(const RowContext& row) {
    return row.pair().rate(row.id.row, metric);
}

// Milliseconds an operation took in the interval; unknown where there was none.
template <DiskMetric time, DiskMetric operations>
std::optional<double> latency(const RowContext& row) {
    const auto spent = rate_of<time>(row);
    const auto done = rate_of<operations>(row);
    if (!spent || !done || *done <= 0) return std::nullopt;
    return *spent / *done / 1e6;
}

std::optional<double> in_flight(const RowContext& row) {
    return number(row.frame().get(row.id.row, DiskMetric::in_flight));
}

template <auto rate>
std::string rate_cell(const RowContext& row) {
    return count_cell(rate(row));
}

constexpr auto read_latency = latency<DiskMetric::read_time, DiskMetric::read_ops>;
constexpr auto write_latency = latency<DiskMetric::write_time, DiskMetric::write_ops>;
constexpr auto failures = rate_of<DiskMetric::failed_ops>;

template <auto milliseconds>
Style slow(const RowContext& row) {
    return style_of_share(milliseconds(row), 20, 100);
}

const ColumnSpec read_bytes_column{
    .name = "blockrdby",
    .about = "Block read bytes",
    .title = titled<"RDBY">,
    .cell = rate_cell<rate_of<DiskMetric::read_bytes>>,
    .rank = rate_of<DiskMetric::read_bytes>,
};
const ColumnSpec write_bytes_column{
    .name = "blockwrby",
    .about = "Block write bytes",
    .title = titled<"WRBY">,
    .cell = rate_cell<rate_of<DiskMetric::write_bytes>>,
    .rank = rate_of<DiskMetric::write_bytes>,
};
const ColumnSpec reads_column{
    .name = "blockrdrq",
    .about = "Block read reqs",
    .title = titled<"RDRQ">,
    .cell = rate_cell<rate_of<DiskMetric::read_ops>>,
    .rank = rate_of<DiskMetric::read_ops>,
};
const ColumnSpec writes_column{
    .name = "blockwrrq",
    .about = "Block write reqs",
    .title = titled<"WRRQ">,
    .cell = rate_cell<rate_of<DiskMetric::write_ops>>,
    .rank = rate_of<DiskMetric::write_ops>,
};
const ColumnSpec read_latency_column{
    .name = "blockrdms",
    .about = "Block read latency, ms",
    .title = titled<"RDms">,
    .cell = [](const RowContext& row) { return milliseconds_cell(read_latency(row)); },
    .rank = read_latency,
    .style = slow<read_latency>,
};
const ColumnSpec write_latency_column{
    .name = "blockwrms",
    .about = "Block write latency, ms",
    .title = titled<"WRms">,
    .cell = [](const RowContext& row) { return milliseconds_cell(write_latency(row)); },
    .rank = write_latency,
    .style = slow<write_latency>,
};
const ColumnSpec queue_column{
    .name = "queue",
    .about = "Operations in flight",
    .title = titled<" QUE">,
    .cell = rate_cell<in_flight>,
    .rank = in_flight,
};
const ColumnSpec failures_column{
    .name = "blockerr",
    .about = "Block errors",
    .title = titled<"ERRS">,
    .cell = rate_cell<failures>,
    .rank = failures,
    .style = [](const RowContext& row) { return failures(row).value_or(0) > 0 ? Style::critical : Style::plain; },
};
const ColumnSpec device_column{
    .name = "device",
    .about = "Device",
    .title = titled<"DEVICE">,
    .cell = [](const RowContext& row) { return printable(row.device(Scope::Disk).name); },
    .text = [](const RowContext& row) -> std::string_view { return row.device(Scope::Disk).name; },
    .width = 0,
};

}  // namespace

std::span<const ColumnSpec* const> disk_columns() {
    static constexpr std::array columns{&host_column,          &id_column,    &state_column,    &read_bytes_column,
                                        &write_bytes_column,   &reads_column, &writes_column,   &read_latency_column,
                                        &write_latency_column, &queue_column, &failures_column, &domain_column,
                                        &device_column};
    return columns;
}

}  // namespace virtscope::top
