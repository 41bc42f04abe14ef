// Abilities: what the terminal named by $TERM can do, as terminfo has it. The only place that asks terminfo.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "top/session/key.h"

namespace virtscope::top {

using KeyNames = std::vector<std::pair<std::string, Key>>;  // what the terminal sends for a key

// Strings are empty where the terminal cannot do it.
struct Abilities {
    std::string name{};       // $TERM
    std::string alternate{};  // to the screen that programs draw on
    std::string prepare{};    // what makes it ours: keypad, no cursor, mouse
    std::string leave{};      // undoes both
    std::string clear{};
    std::string clear_to_end{};  // of the line
    std::string normal{}, bold{}, dim{}, underline{}, italic{}, reverse{};
    std::string cursor{}, foreground{}, background{};  // take parameters: see below
    int colours = -1;
    bool exact_colours = false;
    bool clears_in_colour = false;  // cleared parts get the background that is set
    bool steps = false;             // a line feed is one down, a backspace one back, and nothing else
    bool ansi_right = false;        // ESC [ n C
    bool last_cell = true;          // writing into the last cell does not scroll
    KeyNames keys{};

    std::string move_to(std::size_t row, std::size_t column) const;
    std::string foreground_of(int number) const;
    std::string background_of(int number) const;
};

// Errors: unsupported ($TERM is unset, unknown, or names a terminal that cannot be drawn on), naming it.
Result<Abilities> abilities_of_terminal(bool mouse);

}  // namespace virtscope::top
