// Scanning of the kernel's text files without copying: a text is a view that shrinks from the front.
//
// The kernel may be asked in the moment a process ends, and a buffer may be too small: a text can be
// cut anywhere. So a number counts only if the character after it is there too; "total=12" at the end
// of a text may be the head of "total=12929118".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace virtscope {

// The unsigned decimal number at the front after any blanks; it is removed. None, and nothing is
// removed, if there is none there, it does not fit, or no blank, tab or line end follows it.
std::optional<std::uint64_t> take_number(std::string_view& text);

// Removes the next word with the blanks before it; false if there is no complete one.
bool skip_word(std::string_view& text);

// The rest of the first complete line that starts with `key`, its line end included.
std::optional<std::string_view> line_after(std::string_view text, std::string_view key);

// value * factor, none if that does not fit.
std::optional<std::uint64_t> times(std::optional<std::uint64_t> value, std::uint64_t factor);

}  // namespace virtscope
