// The themes themselves. For theme.cpp only.
#pragma once

#include <array>

#include "top/terminal/theme.h"

namespace virtscope::top {

inline constexpr std::uint8_t black = 0, red = 1, green = 2, yellow = 3, blue = 4, magenta = 5, cyan = 6, white = 7;
inline constexpr std::uint8_t bright = 8;

// Attributes alone. Terminals without dim or italic still tell a guest that does not answer (underlined), what must
// not be overlooked (bold), too much (both) and the bar (reversed) apart.
inline constexpr Theme mono{"mono",
                            {{
                                {},                                      // plain
                                {{}, {}, reversed | bold},               // heading
                                {{}, {}, reversed},                      // selected
                                {{}, {}, underlined},                    // stale
                                {{}, {}, reversed | underlined},         // selected_stale
                                {{}, {}, bold},                          // warning
                                {{}, {}, dimmed},                        // dim
                                {},                                      // good
                                {{}, {}, bold},                          // busy
                                {{}, {}, bold | underlined},             // critical
                                {{}, {}, bold | italic},                 // tagged
                                {{}, {}, reversed | bold | underlined},  // match
                                {{}, {}, bold},                          // key_hint
                                {{}, {}, reversed},                      // hint
                                {{}, {}, reversed | underlined},         // sorted
                                {},                                      // label
                            }}};

// The terminal's own colours, as its user chose them; for dark backgrounds. Bright black is the background of some
// palettes, so what does not matter is dimmed instead.
inline constexpr Theme dark{"default",
                            {{
                                {},                                                   // plain
                                {own_colour(black), own_colour(green)},               // heading
                                {own_colour(black), own_colour(cyan)},                // selected
                                {own_colour(bright + magenta), {}},                   // stale
                                {own_colour(black), own_colour(magenta)},             // selected_stale
                                {own_colour(bright + yellow), {}, bold},              // warning
                                {{}, {}, dimmed},                                     // dim
                                {own_colour(green), {}},                              // good
                                {own_colour(yellow), {}},                             // busy
                                {own_colour(bright + red), {}, bold},                 // critical
                                {own_colour(bright + yellow), {}, bold | italic},     // tagged
                                {own_colour(black), own_colour(yellow), underlined},  // match
                                {{}, {}, bold},                                       // key_hint
                                {own_colour(black), own_colour(cyan)},                // hint
                                {own_colour(black), own_colour(cyan), bold},          // sorted
                                {own_colour(cyan), {}},                               // label
                            }}};

// The same for light backgrounds: nothing yellow, nothing bright.
inline constexpr Colour brown = exact_colour(0x875f00, red);
inline constexpr Colour teal = exact_colour(0x005f5f, blue);
inline constexpr Colour leaf = exact_colour(0x005f00, blue);
inline constexpr Theme light{"light",
                             {{
                                 {},                                                   // plain
                                 {own_colour(bright + white), own_colour(blue)},       // heading
                                 {own_colour(black), own_colour(cyan)},                // selected
                                 {own_colour(magenta), {}},                            // stale
                                 {own_colour(bright + white), own_colour(magenta)},    // selected_stale
                                 {brown, {}, bold},                                    // warning
                                 {{}, {}, dimmed},                                     // dim
                                 {leaf, {}},                                           // good
                                 {brown, {}},                                          // busy
                                 {own_colour(red), {}, bold},                          // critical
                                 {own_colour(blue), {}, bold | italic},                // tagged
                                 {own_colour(black), own_colour(yellow), underlined},  // match
                                 {{}, {}, bold},                                       // key_hint
                                 {own_colour(black), own_colour(cyan)},                // hint
                                 {own_colour(black), own_colour(cyan), bold},          // sorted
                                 {teal, {}},                                           // label
                             }}};

// A theme with a background of its own is made of these; every style follows from them.
struct Palette {
    std::string_view name;
    Colour ground, text, dim, bar, on_bar, heading, on_heading, stale, warning, good, busy, critical, tagged, label;
};

constexpr Theme painted(const Palette& of) {
    return {of.name,
            {{
                {of.text, of.ground},                   // plain
                {of.on_heading, of.heading},            // heading
                {of.on_bar, of.bar},                    // selected
                {of.stale, of.ground},                  // stale
                {of.ground, of.stale},                  // selected_stale
                {of.warning, of.ground, bold},          // warning
                {of.dim, of.ground},                    // dim
                {of.good, of.ground},                   // good
                {of.busy, of.ground},                   // busy
                {of.critical, of.ground, bold},         // critical
                {of.tagged, of.ground, bold | italic},  // tagged
                {of.ground, of.warning, underlined},    // match
                {of.text, of.ground, bold},             // key_hint
                {of.on_heading, of.heading},            // hint
                {of.on_bar, of.bar, bold},              // sorted
                {of.label, of.ground},                  // label
            }}};
}

inline constexpr Theme nord = painted({.name = "nord",
                                       .ground = exact_colour(0x2e3440, black),
                                       .text = exact_colour(0xd8dee9, white),
                                       .dim = exact_colour(0x8a94a8, white),
                                       .bar = exact_colour(0x88c0d0, cyan),
                                       .on_bar = exact_colour(0x2e3440, black),
                                       .heading = exact_colour(0x4c566a, blue),
                                       .on_heading = exact_colour(0xeceff4, bright + white),
                                       .stale = exact_colour(0xb48ead, magenta),
                                       .warning = exact_colour(0xebcb8b, bright + yellow),
                                       .good = exact_colour(0xa3be8c, green),
                                       .busy = exact_colour(0xd08770, yellow),
                                       .critical = exact_colour(0xd9737d, bright + red),
                                       .tagged = exact_colour(0xebcb8b, bright + yellow),
                                       .label = exact_colour(0x81a1c1, cyan)});

inline constexpr Theme solarized = painted({.name = "solarized",
                                            .ground = exact_colour(0x002b36, black),
                                            .text = exact_colour(0x93a1a1, white),
                                            .dim = exact_colour(0x6f858c, white),
                                            .bar = exact_colour(0x2aa198, cyan),
                                            .on_bar = exact_colour(0x002b36, black),
                                            .heading = exact_colour(0xeee8d5, white),
                                            .on_heading = exact_colour(0x073642, black),
                                            .stale = exact_colour(0x8d91d8, bright + magenta),
                                            .warning = exact_colour(0xd0a010, bright + yellow),
                                            .good = exact_colour(0x859900, green),
                                            .busy = exact_colour(0xb58900, yellow),
                                            .critical = exact_colour(0xf0524f, bright + red),
                                            .tagged = exact_colour(0xe0679f, bright + yellow),
                                            .label = exact_colour(0x268bd2, cyan)});

inline constexpr Theme gruvbox = painted({.name = "gruvbox",
                                          .ground = exact_colour(0x282828, black),
                                          .text = exact_colour(0xebdbb2, white),
                                          .dim = exact_colour(0xa89984, white),
                                          .bar = exact_colour(0xd79921, yellow),
                                          .on_bar = exact_colour(0x282828, black),
                                          .heading = exact_colour(0x504945, blue),
                                          .on_heading = exact_colour(0xfbf1c7, bright + white),
                                          .stale = exact_colour(0xd3869b, magenta),
                                          .warning = exact_colour(0xfabd2f, bright + yellow),
                                          .good = exact_colour(0xb8bb26, green),
                                          .busy = exact_colour(0xfe8019, yellow),
                                          .critical = exact_colour(0xfb4934, bright + red),
                                          .tagged = exact_colour(0x8ec07c, bright + cyan),
                                          .label = exact_colour(0x83a598, cyan)});

inline constexpr Theme high_contrast = painted({.name = "high-contrast",
                                                .ground = exact_colour(0x000000, black),
                                                .text = exact_colour(0xffffff, bright + white),
                                                .dim = exact_colour(0xc0c0c0, white),
                                                .bar = exact_colour(0xffff00, bright + yellow),
                                                .on_bar = exact_colour(0x000000, black),
                                                .heading = exact_colour(0xffffff, bright + white),
                                                .on_heading = exact_colour(0x000000, black),
                                                .stale = exact_colour(0xff9fff, bright + magenta),
                                                .warning = exact_colour(0xffff00, bright + yellow),
                                                .good = exact_colour(0x5fff5f, bright + green),
                                                .busy = exact_colour(0xffaf00, bright + yellow),
                                                .critical = exact_colour(0xff8080, bright + red),
                                                .tagged = exact_colour(0x5fffff, bright + cyan),
                                                .label = exact_colour(0x5fffff, bright + cyan)});

inline constexpr std::array themes{dark, light, mono, nord, solarized, gruvbox, high_contrast};

}  // namespace virtscope::top
