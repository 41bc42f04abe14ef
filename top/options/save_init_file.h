// Writing the init file: what is there already stays, with its comments, but for the lines of settings that are saved.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace virtscope::top {

struct SavedSetting {
    std::string keyword{};
    std::vector<std::string> values{};  // a line each
    bool is_usual = false;  // what it would be without a line: none is made, one that is there is brought up to date
};

// The text that a file with `text` becomes; an empty one begins with comments that say what it is.
std::string with_settings(std::string_view text, const std::vector<SavedSetting>& settings);

// Replaces the file, or what a link of that name leads to, in one step; what was there is kept as PATH.old. Synced
// before it counts. Returns the path that was written. Errors: those of read_init_text(); denied, system; malformed
// where a value could not be read back.
Result<std::string> save_init_file(const std::string& path, const std::vector<SavedSetting>& settings);

}  // namespace virtscope::top
