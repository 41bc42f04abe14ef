// The list of guests: virt-top's columns and, before the name, ours.
#include "core/text.h"
#include "top/view/cells.h"
#include "top/view/figures.h"
#include "top/view/list/column_sets.h"
#include "top/view/list/shared_columns.h"

namespace virtscope::top {
namespace {

std::optional<double> read_rate(const RowContext& row) {
    return rate_sum(row.pair(), row.id.guest, row.options.block_bytes ? DiskMetric::read_bytes : DiskMetric::read_ops);
}

std::optional<double> write_rate(const RowContext& row) {
    return rate_sum(row.pair(), row.id.guest,
                    row.options.block_bytes ? DiskMetric::write_bytes : DiskMetric::write_ops);
}

std::optional<double> rx_rate(const RowContext& row) { return rate_sum(row.pair(), row.id.guest, NicMetric::rx_bytes); }
std::optional<double> tx_rate(const RowContext& row) { return rate_sum(row.pair(), row.id.guest, NicMetric::tx_bytes); }

std::optional<double> cpu_share(const RowContext& row) {
    return cpu_percent(row.pair(), row.id.guest, row.options.cpu_base);
}

std::optional<double> steal(const RowContext& row) { return steal_percent(row.pair(), row.id.guest); }

std::optional<double> age(const RowContext& row) {
    const auto age = monitor_age(row.host.picture, row.id.guest);
    if (!age) return std::nullopt;
    return std::chrono::duration<double>(*age).count();
}

std::optional<std::uint64_t> of_guest(const RowContext& row, GuestMetric metric) {
    return row.frame().get(row.id.guest, metric);
}

std::string_view cpu_title(const ViewOptions& options) {
    switch (options.cpu_base) {
        case CpuBase::one_cpu: return "%1CP";
        case CpuBase::vcpus: return "%VCP";
        case CpuBase::host: break;
    }
    return "%CPU";
}

// By how much of what it could use a guest does use: the same for all bases.
Style cpu_style(const RowContext& row) {
    return style_of_share(cpu_percent(row.pair(), row.id.guest, CpuBase::vcpus), 80, 101);
}

std::string name_cell(const RowContext& row) {
    const std::string name = guest_name_cell(row);
    return is_stale(row.frame(), row.id.guest) ? name + " (stale)" : name;
}

const ColumnSpec read_column{
    .name = "blockrdrq",
    .about = "Block read reqs",
    .title = [](const ViewOptions& options) -> std::string_view { return options.block_bytes ? "RDBY" : "RDRQ"; },
    .cell = [](const RowContext& row) { return count_cell(read_rate(row)); },
    .rank = read_rate,
};
const ColumnSpec write_column{
    .name = "blockwrrq",
    .about = "Block write reqs",
    .title = [](const ViewOptions& options) -> std::string_view { return options.block_bytes ? "WRBY" : "WRRQ"; },
    .cell = [](const RowContext& row) { return count_cell(write_rate(row)); },
    .rank = write_rate,
};
const ColumnSpec rx_column{
    .name = "netrx",
    .about = "Net RX bytes",
    .title = titled<"RXBY">,
    .cell = [](const RowContext& row) { return count_cell(rx_rate(row)); },
    .rank = rx_rate,
};
const ColumnSpec tx_column{
    .name = "nettx",
    .about = "Net TX bytes",
    .title = titled<"TXBY">,
    .cell = [](const RowContext& row) { return count_cell(tx_rate(row)); },
    .rank = tx_rate,
};
const ColumnSpec cpu_column{
    .name = "cpu",
    .about = "%CPU",
    .title = cpu_title,
    .cell = [](const RowContext& row) { return percent_cell(cpu_share(row)); },
    .rank = cpu_share,
    .style = cpu_style,
};
const ColumnSpec memory_column{
    .name = "mem",
    .about = "%MEM",
    .title = titled<"%MEM">,
    .cell = [](const RowContext& row) { return percent_cell(memory_percent(row.frame(), row.id.guest)); },
    .rank = [](const RowContext& row) { return number(memory_of(row.frame(), row.id.guest)); },
};
const ColumnSpec time_column{
    .name = "time",
    .about = "TIME (CPU time)",
    .title = titled<"   TIME  ">,
    .cell = [](const RowContext& row) { return time_cell(of_guest(row, GuestMetric::cpu_time)); },
    .rank = [](const RowContext& row) { return number(of_guest(row, GuestMetric::cpu_time)); },
    .width = 9,
};
const ColumnSpec steal_column{
    .name = "steal",
    .about = "%STL (run-queue wait)",
    .title = titled<"%STL">,
    .cell = [](const RowContext& row) { return percent_cell(steal(row)); },
    .rank = steal,
    .style = [](const RowContext& row) { return style_of_share(steal(row), 5, 20); },
};
const ColumnSpec age_column{
    .name = "age",
    .about = "AGE (of the monitor's values)",
    .title = titled<" AGE">,
    .cell = [](const RowContext& row) { return age_cell(monitor_age(row.host.picture, row.id.guest)); },
    .rank = age,
};
const ColumnSpec vcpus_column{
    .name = "vcpus",
    .about = "vCPUs online",
    .title = titled<"VCPU">,
    .cell = [](const RowContext& row) { return count_cell(number(of_guest(row, GuestMetric::vcpus))); },
    .rank = [](const RowContext& row) { return number(of_guest(row, GuestMetric::vcpus)); },
};
const ColumnSpec resident_column{
    .name = "rss",
    .about = "RSS (host memory it occupies)",
    .title = titled<" RSS">,
    .cell = [](const RowContext& row) { return count_cell(number(of_guest(row, GuestMetric::memory_resident))); },
    .rank = [](const RowContext& row) { return number(of_guest(row, GuestMetric::memory_resident)); },
};
const ColumnSpec name_column{
    .name = "name",
    .about = "Domain name",
    .title = titled<"NAME">,
    .cell = name_cell,
    .text = [](const RowContext& row) -> std::string_view { return row.guest().name; },
    .width = 0,
};

}  // namespace

std::span<const ColumnSpec* const> guest_columns() {
    static constexpr std::array columns{&host_column,  &id_column,  &state_column, &read_column,     &write_column,
                                        &rx_column,    &tx_column,  &cpu_column,   &memory_column,   &time_column,
                                        &steal_column, &age_column, &vcpus_column, &resident_column, &name_column};
    return columns;
}

}  // namespace virtscope::top
