#include "collectors/scan.h"

#include <charconv>
#include <system_error>

namespace virtscope {
namespace {

bool ends_word(char c) { return c == ' ' || c == '\t' || c == '\n'; }

std::size_t blanks(std::string_view text) {
    std::size_t count = 0;
    while (count < text.size() && (text[count] == ' ' || text[count] == '\t')) ++count;
    return count;
}

}  // namespace

std::optional<std::uint64_t> take_number(std::string_view& text) {
    const char* const end = text.data() + text.size();
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(text.data() + blanks(text), end, value);
    if (parsed.ec != std::errc{} || parsed.ptr == end || !ends_word(*parsed.ptr)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    return value;
}

bool skip_word(std::string_view& text) {
    std::size_t at = blanks(text);
    const std::size_t begin = at;
    while (at < text.size() && !ends_word(text[at])) ++at;
    if (at == begin || at == text.size()) return false;
    text.remove_prefix(at);
    return true;
}

std::optional<std::string_view> line_after(std::string_view text, std::string_view key) {
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        if (text.starts_with(key)) return text.substr(key.size(), end + 1 - key.size());
        text.remove_prefix(end + 1);
    }
    return std::nullopt;
}

std::optional<std::uint64_t> times(std::optional<std::uint64_t> value, std::uint64_t factor) {
    std::uint64_t product = 0;
    if (!value || __builtin_mul_overflow(*value, factor, &product)) return std::nullopt;
    return product;
}

}  // namespace virtscope
