// Which value of a guest or the host a series is about, and how people write it:
//
//     cpu_time              the guest's metric (host.cpu_user, agent.cpu_time where the subject is the host)
//     disk.read_bytes       the sum over all disks
//     disk.vda.read_bytes   one disk
//     vcpu.wait, vcpu.0.wait, nic.rx_bytes, filesystem./var.used_bytes, …
//
// Where the subject is the host, guest.cpu_time and disk.read_bytes are sums over all guests.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/catalogue.h"
#include "core/result.h"

namespace virtscope {

struct Column {
    Scope scope = Scope::Guest;
    std::size_t metric = 0;  // column of the scope's table
    std::string instance;    // of that name alone; empty: the only one, or the sum over all

    bool operator==(const Column&) const = default;
    const Metric& about() const { return metrics(scope)[metric]; }
};

// Whether values of such a column are rates (units a second); otherwise they are as stored.
inline bool is_rate(const Column& column) { return column.about().kind == Kind::counter; }

// `own`: the scope of names without one, Guest or Host. Errors: malformed, says what there is.
Result<Column> parse_column(std::string_view text, Scope own);

// As people would write it.
std::string column_name(const Column& column, Scope own);

}  // namespace virtscope
