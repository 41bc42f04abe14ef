// The view of physical CPUs: a row for each CPU, a column for each guest that ran, in each cell two numbers as the
// original has them: percent of that CPU that the guest took with what the hypervisor did for it, and in its own code.
#pragma once

#include "top/source/picture.h"
#include "top/view/table.h"

namespace virtscope::top {

// The busiest guests first; `first_guest`: how many of them are out to the left. Which CPUs are shown is the
// caller's: all have a row. Guests that would not fit into `width` have no column.
TableModel cpus_table(const Picture& picture, std::size_t first_guest, std::size_t width);

}  // namespace virtscope::top
