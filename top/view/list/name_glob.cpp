#include "top/view/list/name_glob.h"

#include <algorithm>

namespace virtscope::top {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Bytes of the first character; one of what is no UTF-8.
std::size_t first_length(std::string_view text) {
    std::size_t length = 1;
    while (length < text.size() && length < 4 && is_continuation(text[length])) ++length;
    return length;
}

}  // namespace

// Of several stars only the last one needs to be tried again, so the time is the product of the lengths at most.
bool matches_glob(std::string_view glob, std::string_view name) {
    std::size_t g = 0, n = 0;
    std::size_t star = std::string_view::npos, star_at = 0;
    while (n < name.size()) {
        if (g < glob.size() && glob[g] == '*') {
            star = g++;
            star_at = n;
        } else if (g < glob.size() && glob[g] == '?') {
            n += first_length(name.substr(n));
            ++g;
        } else if (g < glob.size() && glob[g] == name[n]) {
            ++g;
            ++n;
        } else if (star != std::string_view::npos) {
            g = star + 1;
            n = star_at += first_length(name.substr(star_at));
        } else {
            return false;
        }
    }
    return glob.find_first_not_of('*', g) == std::string_view::npos;
}

bool is_chosen(std::span<const std::string> globs, std::string_view name) {
    return globs.empty() ||
           std::ranges::any_of(globs, [&](const std::string& glob) { return matches_glob(glob, name); });
}

}  // namespace virtscope::top
