#include "exporters/rrd/file_name.h"

#include <cstdint>

#include <fmt/format.h>

namespace virtscope::exporters::rrd {
namespace {

constexpr std::size_t longest = 200;  // bytes; a file system takes 255, and a type and ".rrd" stand around it
constexpr std::size_t kept_of_longer = 160;
constexpr std::string_view harmless = "_@+,=.-";

bool stays(char c, bool first) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter) return true;
    return harmless.find(c) != std::string_view::npos && !(first && (c == '.' || c == '-'));
}

// FNV-1a
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

std::string file_name(std::string_view text) {
    if (text.empty()) return "%";
    std::string name;
    std::size_t kept = 0;
    for (const char c : text) {
        if (stays(c, name.empty())) {
            name += c;
        } else {
            name += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
        if (name.size() <= kept_of_longer) kept = name.size();
        if (name.size() > longest) return fmt::format("{}%~{:016x}", name.substr(0, kept), hash_of(text));
    }
    return name;
}

std::optional<std::string> text_of_file_name(std::string_view name) {
    if (name == "%") return std::string();
    std::string text;
    for (std::size_t at = 0; at < name.size(); ++at) {
        if (name[at] != '%') {
            text += name[at];
            continue;
        }
        if (at + 2 >= name.size()) return std::nullopt;
        const int high = digit(name[at + 1]), low = digit(name[at + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        text += static_cast<char>(high * 16 + low);
        at += 2;
    }
    if (file_name(text) != name) return std::nullopt;
    return text;
}

}  // namespace virtscope::exporters::rrd
