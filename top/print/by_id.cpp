#include "top/print/by_id.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace virtscope::top {

std::vector<std::size_t> all_by_id(const Frame& frame) {
    const auto& guests = frame.roster->guests;
    std::vector<std::size_t> rows(guests.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::ranges::sort(rows, {}, [&](std::size_t row) { return std::pair(guests[row].local_id, row); });
    return rows;
}

}  // namespace virtscope::top
