// The list of vCPUs.
#include "core/text.h"
#include "top/view/cells.h"
#include "top/view/list/column_sets.h"
#include "top/view/list/shared_columns.h"

namespace virtscope::top {
namespace {

// Percent of one CPU.
template <VcpuMetric metric>
std::optional<double> share_of(const RowContext& row) {
    const auto rate = row.pair().rate(row.id.row, metric);
    return rate ? std::optional(*rate / 1e7) : std::nullopt;
}

template <VcpuMetric metric>
std::optional<double> rate_of(const RowContext& row) {
    return row.pair().rate(row.id.row, metric);
}

constexpr auto run = share_of<VcpuMetric::time>;
constexpr auto wait = share_of<VcpuMetric::wait>;

const ColumnSpec run_column{
    .name = "cpu",
    .about = "%RUN (of one CPU)",
    .title = titled<"%RUN">,
    .cell = [](const RowContext& row) { return percent_cell(run(row)); },
    .rank = run,
};
const ColumnSpec wait_column{
    .name = "steal",
    .about = "%STL (run-queue wait)",
    .title = titled<"%STL">,
    .cell = [](const RowContext& row) { return percent_cell(wait(row)); },
    .rank = wait,
    .style = [](const RowContext& row) { return style_of_share(wait(row), 5, 20); },
};
const ColumnSpec exits_column{
    .name = "exits",
    .about = "VM exits",
    .title = titled<"EXIT">,
    .cell = [](const RowContext& row) { return count_cell(rate_of<VcpuMetric::exits>(row)); },
    .rank = rate_of<VcpuMetric::exits>,
};
const ColumnSpec halts_column{
    .name = "halts",
    .about = "VM exits by halting",
    .title = titled<"HALT">,
    .cell = [](const RowContext& row) { return count_cell(rate_of<VcpuMetric::halt_exits>(row)); },
    .rank = rate_of<VcpuMetric::halt_exits>,
};
const ColumnSpec interrupts_column{
    .name = "irqs",
    .about = "Interrupts injected",
    .title = titled<"INTR">,
    .cell = [](const RowContext& row) { return count_cell(rate_of<VcpuMetric::irq_injections>(row)); },
    .rank = rate_of<VcpuMetric::irq_injections>,
};
const ColumnSpec time_column{
    .name = "time",
    .about = "TIME (CPU time)",
    .title = titled<"   TIME  ">,
    .cell = [](const RowContext& row) { return time_cell(row.frame().get(row.id.row, VcpuMetric::time)); },
    .rank = [](const RowContext& row) { return number(row.frame().get(row.id.row, VcpuMetric::time)); },
    .width = 9,
};
const ColumnSpec vcpu_column{
    .name = "vcpu",
    .about = "vCPU",
    .title = titled<"VCPU">,
    .cell = [](const RowContext& row) { return printable(row.device(Scope::Vcpu).name); },
    .rank = [](const RowContext& row) -> std::optional<double> {
        return static_cast<double>(row.id.row - row.guest().first_vcpu);
    },
    .least_first = true,
    .width = 0,
};

}  // namespace

std::span<const ColumnSpec* const> vcpu_columns() {
    static constexpr std::array columns{&host_column, &id_column,     &state_column, &run_column,
                                        &wait_column, &exits_column,  &halts_column, &interrupts_column,
                                        &time_column, &domain_column, &vcpu_column};
    return columns;
}

}  // namespace virtscope::top
