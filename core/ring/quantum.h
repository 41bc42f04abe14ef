// The step in which a column's values come from their source: differences are multiples of it.
#pragma once

#include <cstdint>
#include <span>

#include "core/catalogue.h"

namespace virtscope::ring {

// By column of the scope; 1 where nothing is known. Part of the format: it changes with the catalogue only.
std::span<const std::uint64_t> quanta(Scope scope);

}  // namespace virtscope::ring
