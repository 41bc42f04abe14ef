// Text that came from a guest, a command line or a file and goes to a terminal, a log or a report.
//
// Guest names, device names and image paths are chosen by others and may hold terminal escapes,
// bidirectional overrides, line breaks or broken UTF-8. They pass through here, at the sink, always.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace virtscope {

// `text` as one line of valid UTF-8 that cannot change a terminal's state: control characters (C0,
// C1, DEL), line and paragraph separators, bidirectional controls, zero-width characters and invalid bytes
// become '?'; at most `max_bytes` bytes, never cut inside a character.
std::string printable(std::string_view text, std::size_t max_bytes = 256);

// Columns a terminal needs for `text` (already printable): wide East Asian characters take two,
// combining marks none.
std::size_t display_width(std::string_view text);

// `text` made printable and then exactly `width` columns wide: cut with '~' at the end or padded with blanks.
std::string fit(std::string_view text, std::size_t width);

// One character of a text, as a terminal shows it. What printable() would replace is '?'.
struct Glyph {
    char32_t code = U'?';
    std::uint8_t bytes = 1;  // what it takes in the text
    std::uint8_t width = 1;  // columns: 2 for wide ones, 0 for combining marks
};
Glyph glyph_at(std::string_view text, std::size_t at);

// The character that is `base` with `mark`, 0 if there is none.
char32_t composed(char32_t base, char32_t mark);

// A number of bytes for people: "512 MiB", "1.5 GiB" (powers of 1024).
std::string human_bytes(std::uint64_t bytes);

// A duration for people, two units at most: "250 ms", "12 s", "3 min 5 s", "2 h 10 min", "4 d 3 h".
std::string human_duration(std::int64_t nanoseconds);

}  // namespace virtscope
