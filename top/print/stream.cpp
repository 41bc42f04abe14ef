#include "top/print/stream.h"

#include <fmt/format.h>

#include "core/text.h"
#include "top/view/figures.h"
#include "top/view/guests_view.h"
#include "top/view/summary.h"

namespace virtscope::top {
namespace {

constexpr std::size_t time_at = 8;  // place of TIME among the columns

// virt-top puts the last two titles elsewhere than on its screen.
std::string heading(TableModel table) {
    table.columns.resize(time_at);
    return heading_line(table, unlimited).text + "   TIME    NAME\n";
}

}  // namespace

std::string stream_text(const Picture& picture, bool block_bytes) {
    const Frame& frame = picture.frame();
    const TableModel table{.columns = classic_columns(frame, block_bytes)};
    std::string out = fmt::format("virt-top time  {} Host {} {} \n", clock_text(frame),
                                  printable(frame.roster->host.name), printable(machine_text(frame)));
    out += heading(table);
    for (const std::size_t guest : all_by_id(picture.pair)) {
        if (!is_active(state_of_guest(frame, guest))) continue;
        out += row_line(table, {.cells = classic_cells(picture.pair, guest, block_bytes)}, unlimited).text;
        out += '\n';
    }
    return out;
}

}  // namespace virtscope::top
