// A POSIX extended regular expression, compiled; whether a text holds a match is all that is asked of it.
#pragma once

#include <memory>
#include <string>

#include <regex.h>

#include "core/result.h"

namespace virtscope {

class PosixRegex {
public:
    // Errors: malformed, the C library's phrase of what is wrong.
    static Result<PosixRegex> compile(const std::string& expression);

    bool found_in(const std::string& text) const { return ::regexec(regex_.get(), text.c_str(), 0, nullptr, 0) == 0; }

private:
    std::shared_ptr<const regex_t> regex_;  // copies share it
};

}  // namespace virtscope
