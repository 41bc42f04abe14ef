#include "core/text.h"

#include <array>
#include <cmath>

#include <fmt/format.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>
#include <uniwidth.h>

namespace virtscope {
namespace {

// Control (C0, C1, DEL), format (bidirectional overrides, zero-width characters, tags), surrogates,
// private use and unassigned: nothing that a terminal shows as itself. Line and paragraph separators break lines.
// Fillers and variation selectors are letters and marks by category, but invisible: two names could look alike.
bool is_hostile(ucs4_t c) {
    return uc_is_general_category(c, UC_OTHER) || uc_is_general_category(c, UC_LINE_SEPARATOR) ||
           uc_is_general_category(c, UC_PARAGRAPH_SEPARATOR) || uc_is_property_default_ignorable_code_point(c);
}

bool is_plain_ascii(char c) { return c >= ' ' && c <= '~'; }

struct Character {
    ucs4_t code = 0;
    std::size_t bytes = 1;
    bool valid = false;
};

Character character_at(std::string_view text, std::size_t at) {
    Character out;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const int length = u8_mbtoucr(&out.code, bytes + at, text.size() - at);
    out.valid = length > 0;
    if (out.valid) out.bytes = static_cast<std::size_t>(length);
    return out;
}

// libunistring 1.0 gives some marks of Kannada and others a column of their own; no terminal does.
std::size_t width_of(ucs4_t c) {
    if (uc_is_general_category(c, UC_NON_SPACING_MARK)) return 0;
    const int width = uc_width(c, "UTF-8");
    return width < 0 ? 1 : static_cast<std::size_t>(width);
}

}  // namespace

std::string printable(std::string_view text, std::size_t max_bytes) {
    std::string out;
    out.reserve(std::min(text.size(), max_bytes));
    for (std::size_t at = 0; at < text.size();) {
        if (is_plain_ascii(text[at])) {
            if (out.size() + 1 > max_bytes) break;
            out += text[at++];
            continue;
        }
        const Character c = character_at(text, at);
        const std::string_view shown = c.valid && !is_hostile(c.code) ? text.substr(at, c.bytes) : "?";
        if (out.size() + shown.size() > max_bytes) break;
        out += shown;
        at += c.bytes;
    }
    return out;
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Character c = character_at(text, at);
        width += c.valid ? width_of(c.code) : 1;
        at += c.bytes;
    }
    return width;
}

std::string fit(std::string_view text, std::size_t width) {
    std::string line = printable(text, width * 8 + 64);
    std::size_t columns = display_width(line);
    if (columns > width) {
        std::size_t at = 0;
        columns = 0;
        while (at < line.size()) {
            const Character c = character_at(line, at);
            if (columns + width_of(c.code) + 1 > width) break;
            columns += width_of(c.code);
            at += c.bytes;
        }
        line.resize(at);
        if (columns < width) {
            line += '~';
            ++columns;
        }
    }
    line.append(width - columns, ' ');
    return line;
}

Glyph glyph_at(std::string_view text, std::size_t at) {
    if (is_plain_ascii(text[at])) return {static_cast<char32_t>(text[at])};
    const Character c = character_at(text, at);
    const auto bytes = static_cast<std::uint8_t>(c.bytes);
    if (!c.valid || is_hostile(c.code)) return {U'?', bytes};
    return {c.code, bytes, static_cast<std::uint8_t>(width_of(c.code))};
}

char32_t composed(char32_t base, char32_t mark) { return uc_composition(base, mark); }

std::string human_bytes(std::uint64_t bytes) {
    static constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    // 1023.7 would be shown as 1024: it belongs to the next unit already.
    while (value >= 1023.5 && bytes >= 1024 && unit + 1 < units.size()) {
        value /= 1024;
        ++unit;
    }
    const bool whole = unit == 0 || value >= 99.95 || std::abs(value - std::round(value)) < 0.05;
    return whole ? fmt::format("{:.0f} {}", value, units[unit]) : fmt::format("{:.1f} {}", value, units[unit]);
}

std::string human_duration(std::int64_t nanoseconds) {
    if (nanoseconds < 0) return fmt::format("-{}", human_duration(nanoseconds == INT64_MIN ? INT64_MAX : -nanoseconds));
    if (nanoseconds < 1'000) return fmt::format("{} ns", nanoseconds);
    if (nanoseconds < 1'000'000) return fmt::format("{} us", nanoseconds / 1'000);
    if (nanoseconds < 1'000'000'000) return fmt::format("{} ms", nanoseconds / 1'000'000);
    const std::int64_t seconds = nanoseconds / 1'000'000'000;
    const auto two = [](std::int64_t large, const char* a, std::int64_t small, const char* b) {
        return small == 0 ? fmt::format("{} {}", large, a) : fmt::format("{} {} {} {}", large, a, small, b);
    };
    if (seconds < 60) {
        const std::int64_t tenths = nanoseconds / 100'000'000 % 10;
        return tenths == 0 || seconds >= 10 ? fmt::format("{} s", seconds) : fmt::format("{}.{} s", seconds, tenths);
    }
    if (seconds < 3600) return two(seconds / 60, "min", seconds % 60, "s");
    if (seconds < 86'400) return two(seconds / 3600, "h", seconds / 60 % 60, "min");
    return two(seconds / 86'400, "d", seconds / 3600 % 24, "h");
}

}  // namespace virtscope
