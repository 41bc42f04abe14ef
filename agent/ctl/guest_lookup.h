// Which guest a person means: by UUID, or by exact name where only one guest has it.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/result.h"
#include "core/roster.h"

namespace virtscope {

// Index into roster.guests. Errors: absent; busy when several guests share the name (says their UUIDs).
Result<std::size_t> find_guest(const Roster& roster, std::string_view name_or_uuid);

}  // namespace virtscope
