#include "top/view/ascii.h"

#include <bit>

#include "core/text.h"

namespace virtscope::top {
namespace {

constexpr std::u32string_view like = U"─━┄┅┈┉╌╍═╴╶╸╺│┃┆┇┊┋╎╏║╵╷╹╻←↑→↓▲▼◀▶△▽◁▷–—‐‑‒−…·•‧×÷°“”‘’«»¦✓✗●○■□◆◇≤≥≠≈±µ";
constexpr std::string_view twins =
    "-------------"
    "|||||||||||||"
    "<^>v^v<>^v<>"
    "------.."
    "*.x/o"
    "\"\"''<>|vx*o#o*o"
    "<>!~+u";
static_assert(like.size() == twins.size());

// The more of a cell is filled, the darker the twin.
constexpr std::string_view shades = " .:-=+*#%";

// An eighth of its height more each, then an eighth of its width less each; shades.
char twin_of_block(char32_t c) {
    if (c == U'▀' || c == U'▐') return '=';
    if (c <= U'█') return shades[c - U'▀'];
    if (c <= U'▏') return shades[U'▐' - c];
    if (c <= U'▓') return std::string_view(":*#")[c - U'░'];
    return c == U'▔' ? '-' : c == U'▕' ? '|' : '+';
}

}  // namespace

char ascii_twin(char32_t character) {
    if (character >= U' ' && character <= U'~') return static_cast<char>(character);
    if (const std::size_t at = like.find(character); at != like.npos) return twins[at];
    if (character >= 0x2500 && character <= 0x257f) return '+';  // corners and crossings
    if (character >= 0x2580 && character <= 0x259f) return twin_of_block(character);
    if (character >= 0x2800 && character <= 0x28ff) {
        return shades[static_cast<std::size_t>(std::popcount(character - 0x2800U))];
    }
    return '?';
}

std::string ascii_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const Glyph glyph = glyph_at(text, at);
        if (glyph.width > 0) out += ascii_twin(glyph.code);
        if (glyph.width > 1) out += ' ';
        at += glyph.bytes;
    }
    return out;
}

}  // namespace virtscope::top
