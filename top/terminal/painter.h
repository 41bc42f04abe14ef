// Painter: the bytes that make a terminal show another grid: only cells that changed, by the shortest way that is
// simple. Knows where the cursor is and what look is on. Pure.
#pragma once

#include <optional>
#include <string>

#include "top/terminal/grid.h"

namespace virtscope::top {

class Painter {
public:
    // Both must outlive it.
    Painter(const Abilities& able, const Looks& looks) : able_(able), looks_(looks) {}

    // A cleared terminal, and what it shows then.
    std::string clear(Size size, Grid& shown);
    // `shown` and `wanted` are of one size; `shown` becomes `wanted`.
    std::string change(Grid& shown, const Grid& wanted);

private:
    struct Place {
        std::size_t row, column;
        bool operator==(const Place&) const = default;
    };

    void change_row(const Cell* shown, const Cell* wanted, std::size_t row, Size size);
    std::string way_to(Place place) const;
    void go_to(Place place);
    // Goes there too, by writing the few cells between again where that is shorter.
    void go_along(const Cell* wanted, Place place);
    void turn_on(std::uint8_t look);
    void write(const Cell* wanted, Place place, std::size_t columns);
    void clear_rest(Place place);

    const Abilities& able_;
    const Looks& looks_;
    std::string out_;
    std::optional<Place> cursor_;  // none: nobody knows
    std::optional<std::uint8_t> look_;
};

}  // namespace virtscope::top
