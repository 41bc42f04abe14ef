// The init file, ~/.virt-toprc: a keyword and a value a line, "#" before comments.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace virtscope::top {

struct InitLine {
    std::size_t number = 0;  // from 1
    std::string keyword{};
    std::string value{};  // without blanks around it; may be empty
};

// The whole text. Errors: absent; denied, system; malformed (no regular file, larger than 64 KiB, bytes that are no
// text), naming the file.
Result<std::string> read_init_text(const std::string& path);

// Lines that say something. "#" begins a comment at a line's beginning or after a blank; "keyword = value" is taken
// as "keyword value".
std::vector<InitLine> init_lines(std::string_view text);

// One line of it; an empty keyword where there is none.
InitLine init_line(std::string_view line);

// $HOME/.virt-toprc; empty where there is no home.
std::string default_init_path(const char* home);

}  // namespace virtscope::top
