// Chooser: the column that a list is ordered by, chosen among all it has.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "top/session/list_state.h"

namespace virtscope::top {

struct Chooser {
    View list = View::guests;
    std::vector<const ColumnSpec*> columns{};
    std::size_t at = 0;
};

Chooser chooser_of(View list, bool fleet, const Sorting& sorting);

// The key that chooses a column by its number: 0 to 9, then a to z; 0 beyond.
char letter_of_choice(std::size_t number);

// False once it is left. What is chosen holds at once, so that it is seen.
bool press(Chooser& chooser, ListState& list, Key key);

}  // namespace virtscope::top
