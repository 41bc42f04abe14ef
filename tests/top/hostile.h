// Names as somebody would choose them who wants to hurt whoever looks.
#pragma once

#include <cstddef>
#include <string>

namespace virtscope::top::test {

// The same for the same number. Every third is 255 bytes long; none is valid UTF-8 for sure.
std::string hostile_name(std::size_t number);

}  // namespace virtscope::top::test
