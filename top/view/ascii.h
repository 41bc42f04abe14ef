// ASCII twins: what stands for a character on a terminal, or in a file, that takes nothing but ASCII.
#pragma once

#include <string>
#include <string_view>

namespace virtscope::top {

// Lines, bars, graphs (braille too), arrows and dashes have a twin that looks alike; everything else is '?'.
char ascii_twin(char32_t character);

// As wide as `text`: a wide character is its twin and a blank, a combining one nothing. `text` is printable.
std::string ascii_text(std::string_view text);

}  // namespace virtscope::top
