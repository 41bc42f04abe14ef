// Which guests are put out: those of --guest and --filter. Figures of the host are of all its guests, whatever is
// chosen.
#pragma once

#include <string>
#include <vector>

#include "top/view/list/filter.h"

namespace virtscope::top {

class GuestChoice {
public:
    GuestChoice() = default;
    GuestChoice(std::vector<std::string> globs, Filter filter) : globs_(std::move(globs)), filter_(std::move(filter)) {}

    bool takes(const RowContext& guest) const;

    // Rows of a known host's guests that it takes, by ID; with those that are off, or without.
    enum class Of : std::uint8_t { all, active };
    std::vector<std::size_t> rows_by_id(const Host& host, Of which) const;

private:
    std::vector<std::string> globs_;
    Filter filter_;
};

}  // namespace virtscope::top
