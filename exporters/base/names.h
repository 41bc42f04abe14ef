// What the catalogue's metrics are called outside: names, units and scales follow from its rows by rule, so a metric
// that is added to the catalogue is exported by every exporter, and no name is written down here.
//
//     virt_ SCOPE _ NAME [_ UNIT] [_total]        virt_guest_cpu_time_seconds_total, virt_host_memory_free_bytes
//
// Units are base units: seconds, bytes, hertz. Counters end in _total, nothing else does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/catalogue.h"

namespace virtscope::exporters {

struct ExportedMetric {
    Scope scope;
    std::size_t column;     // in the scope's table
    std::string family;     // without _total: what OpenMetrics calls the metric
    std::string name;       // what its samples are called
    std::string_view unit;  // "seconds", "bytes", "hertz"; empty: none
    std::string_view help;  // one line
    Kind kind;
    std::uint64_t divisor;  // cell / divisor is in base units: 1, 1000 or 1,000,000,000
    bool is_state;          // the cell is a GuestState
};

// All of them, in the catalogue's order. Made at the first call; safe in any thread.
std::span<const ExportedMetric> exported_metrics();
// Those of one scope, in column order.
std::span<const ExportedMetric> exported_metrics(Scope scope);

template <MetricOfScope M>
const ExportedMetric& exported(M metric) {
    return exported_metrics(scope_of<M>)[static_cast<std::size_t>(metric)];
}

// A cell in the metric's base unit.
double in_base_unit(const ExportedMetric& metric, std::uint64_t cell);

// The same as decimal digits, exactly: "12.000000345", "17". `divisor` is a power of ten, at most 10^9. put_decimal()
// writes at most longest_decimal bytes and returns their end.
inline constexpr std::size_t longest_decimal = 32;
char* put_decimal(char* to, std::uint64_t cell, std::uint64_t divisor);
void append_decimal(std::string& out, std::uint64_t cell, std::uint64_t divisor);

}  // namespace virtscope::exporters
