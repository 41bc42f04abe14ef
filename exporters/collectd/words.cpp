#include "exporters/collectd/words.h"

#include <algorithm>
#include <array>

namespace virtscope::exporters::collectd {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::vector<std::string_view> words_of(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    std::vector<std::string_view> words;
    for (std::size_t at = text.find_first_not_of(blanks); at != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_of(blanks, at), text.size());
        words.push_back(text.substr(at, end - at));
        at = text.find_first_not_of(blanks, end);
    }
    return words;
}

std::optional<bool> truth_of(std::string_view word) {
    const auto is = [&](std::string_view known) { return same_word(known, word); };
    if (std::ranges::any_of(std::array<std::string_view, 3>{"true", "yes", "on"}, is)) return true;
    if (std::ranges::any_of(std::array<std::string_view, 3>{"false", "no", "off"}, is)) return false;
    return std::nullopt;
}

}  // namespace virtscope::exporters::collectd
