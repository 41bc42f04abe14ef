#include "top/options/sort_names.h"

#include <algorithm>

#include "top/view/list/column.h"

namespace virtscope::top {

std::vector<std::string_view> sort_names() {
    std::vector<std::string_view> names;
    for (std::size_t list = 0; list < list_count; ++list) {
        for (const ColumnSpec* column : columns_of(static_cast<View>(list), true).columns) {
            if (std::ranges::find(names, column->name) == names.end()) names.push_back(column->name);
        }
    }
    return names;
}

bool is_sort_name(std::string_view name) {
    for (std::size_t list = 0; list < list_count; ++list) {
        if (column_by_name(static_cast<View>(list), name) != nullptr) return true;
    }
    return false;
}

}  // namespace virtscope::top
