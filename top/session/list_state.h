// What is chosen in one list: its order, the bar, the window over its rows and columns.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>

#include "core/uuid.h"
#include "top/view/list/list.h"

namespace virtscope::top {

// The same row from picture to picture, whatever its place.
struct RowMark {
    std::string host;  // its label
    Uuid guest;
    std::string device;  // empty: the guest itself

    auto operator<=>(const RowMark&) const = default;
};
RowMark mark_of(View list, const RowContext& row);

struct ListState {
    Sorting sorting{};
    std::size_t selected = 0;      // place in the order
    std::size_t first = 0;         // place of the first row on the screen
    std::size_t first_column = 0;  // how many columns are out to the left
    std::optional<RowMark> bar{};  // whose row is under the bar, as it was last shown; none: no rows
    // The bar goes where its row goes. Not before somebody chose one: until then the first place is looked at.
    bool follows = false;
};

// Keeps selection and window within `total` rows and the selection within the window.
void settle(ListState& list, std::size_t total, std::size_t page);

// False: not a key that moves. The first place is nobody's: who goes back to it looks at whoever comes first.
bool move_bar(ListState& list, Key key, std::size_t page);

}  // namespace virtscope::top
