#include "top/print/guest_choice.h"

#include "top/print/by_id.h"
#include "top/view/figures.h"
#include "top/view/list/name_glob.h"

namespace virtscope::top {

bool GuestChoice::takes(const RowContext& guest) const {
    constexpr auto is_tagged = [](const RowContext&) { return false; };
    return is_chosen(globs_, guest.guest().name) && filter_.keeps(View::guests, guest, is_tagged);
}

std::vector<std::size_t> GuestChoice::rows_by_id(const Host& host, Of which) const {
    const Frame& frame = host.picture.frame();
    const ViewOptions options;
    auto rows = all_by_id(frame);
    std::erase_if(rows, [&](std::size_t row) {
        const auto place = static_cast<std::uint32_t>(row);
        if (which == Of::active && !is_active(state_of_guest(frame, row))) return true;
        return !takes({host, {0, place, place}, options});
    });
    return rows;
}

}  // namespace virtscope::top
