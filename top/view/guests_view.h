// The guests view: virt-top's columns and, before the name, %STL and AGE.
#pragma once

#include "top/source/picture.h"
#include "top/view/sort.h"
#include "top/view/table.h"

namespace virtscope::top {

struct GuestsOptions {
    SortKey sort = SortKey::cpu;
    bool block_bytes = false;  // RDBY WRBY instead of RDRQ WRRQ
};

// Rows [first, first + count) in the chosen order. Only these are worked out in full.
TableModel guests_table(const Picture& picture, const GuestsOptions& options, std::size_t first, std::size_t count);

// Columns and cells of one guest in virt-top's own layout, without ours: for --stream.
std::vector<Column> classic_columns(const Frame& frame, bool block_bytes);
std::vector<std::string> classic_cells(const FramePair& pair, std::size_t guest, bool block_bytes);

}  // namespace virtscope::top
