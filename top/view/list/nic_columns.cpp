// The list of network interfaces: virt-top's columns and, before the guest's name, errors and drops.
#include "core/text.h"
#include "top/view/cells.h"
#include "top/view/list/column_sets.h"
#include "top/view/list/shared_columns.h"

namespace virtscope::top {
namespace {

template <NicMetric metric>
std::optional<double> rate_of(const RowContext& row) {
    return row.pair().rate(row.id.row, metric);
}

// Both directions: either alone is news.
template <NicMetric received, NicMetric sent>
std::optional<double> rate_of_both(const RowContext& row) {
    const auto in = rate_of<received>(row);
    const auto out = rate_of<sent>(row);
    if (!in && !out) return std::nullopt;
    return in.value_or(0) + out.value_or(0);
}

template <auto rate>
std::string rate_cell(const RowContext& row) {
    return count_cell(rate(row));
}

template <auto rate>
Style worrying(const RowContext& row) {
    return rate(row).value_or(0) > 0 ? Style::critical : Style::plain;
}

constexpr auto errors = rate_of_both<NicMetric::rx_errors, NicMetric::tx_errors>;
constexpr auto drops = rate_of_both<NicMetric::rx_drops, NicMetric::tx_drops>;

const ColumnSpec rx_bytes_column{
    .name = "netrx",
    .about = "Net RX bytes",
    .title = titled<"RXBY">,
    .cell = rate_cell<rate_of<NicMetric::rx_bytes>>,
    .rank = rate_of<NicMetric::rx_bytes>,
};
const ColumnSpec tx_bytes_column{
    .name = "nettx",
    .about = "Net TX bytes",
    .title = titled<"TXBY">,
    .cell = rate_cell<rate_of<NicMetric::tx_bytes>>,
    .rank = rate_of<NicMetric::tx_bytes>,
};
const ColumnSpec rx_packets_column{
    .name = "netrxpk",
    .about = "Net RX packets",
    .title = titled<"RXPK">,
    .cell = rate_cell<rate_of<NicMetric::rx_packets>>,
    .rank = rate_of<NicMetric::rx_packets>,
};
const ColumnSpec tx_packets_column{
    .name = "nettxpk",
    .about = "Net TX packets",
    .title = titled<"TXPK">,
    .cell = rate_cell<rate_of<NicMetric::tx_packets>>,
    .rank = rate_of<NicMetric::tx_packets>,
};
const ColumnSpec errors_column{
    .name = "neterr",
    .about = "Net errors",
    .title = titled<"ERRS">,
    .cell = rate_cell<errors>,
    .rank = errors,
    .style = worrying<errors>,
};
const ColumnSpec drops_column{
    .name = "netdrop",
    .about = "Net drops",
    .title = titled<"DROP">,
    .cell = rate_cell<drops>,
    .rank = drops,
    .style = worrying<drops>,
};
const ColumnSpec interface_column{
    .name = "interface",
    .about = "Interface",
    .title = titled<"INTERFACE">,
    .cell = [](const RowContext& row) { return printable(row.device(Scope::Nic).name); },
    .text = [](const RowContext& row) -> std::string_view { return row.device(Scope::Nic).name; },
    .width = 0,
};

}  // namespace

std::span<const ColumnSpec* const> nic_columns() {
    static constexpr std::array columns{&host_column,     &id_column,         &state_column,      &rx_bytes_column,
                                        &tx_bytes_column, &rx_packets_column, &tx_packets_column, &errors_column,
                                        &drops_column,    &domain_column,     &interface_column};
    return columns;
}

}  // namespace virtscope::top
