// The columns of each list, the host's first; columns_of() leaves that out where there is one host.
#pragma once

#include <array>
#include <span>

#include "top/view/list/column.h"

namespace virtscope::top {

std::span<const ColumnSpec* const> guest_columns();
std::span<const ColumnSpec* const> nic_columns();
std::span<const ColumnSpec* const> disk_columns();
std::span<const ColumnSpec* const> vcpu_columns();

}  // namespace virtscope::top
