// Which rows of a scope's table are a guest's.
#pragma once

#include <cstddef>

#include "core/roster.h"

namespace virtscope::checks {

struct Rows {
    std::size_t first = 0;
    std::size_t count = 0;
};

// Of a scope of the host, all rows whatever the guest.
Rows rows_of(const Roster& roster, Scope scope, std::size_t guest);

bool is_of_guests(Scope scope);

}  // namespace virtscope::checks
