// Counts every operator new of this test executable.
#pragma once

#include <cstddef>

namespace virtscope::test {

std::size_t allocations();

}  // namespace virtscope::test
