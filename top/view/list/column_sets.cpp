#include "top/view/list/column_sets.h"

#include <algorithm>

namespace virtscope::top {
namespace {

std::span<const ColumnSpec* const> all_columns(View list) {
    switch (list) {
        case View::nics: return nic_columns();
        case View::disks: return disk_columns();
        case View::vcpus: return vcpu_columns();
        default: return guest_columns();
    }
}

// Other names of virt-top's.
std::string_view first_name(std::string_view name) {
    if (name == "processor") return "cpu";
    if (name == "memory") return "mem";
    return name;
}

}  // namespace

ColumnSet columns_of(View list, bool fleet) {
    const auto all = all_columns(list);
    // ID and state, and before them the host.
    return fleet ? ColumnSet{all, 3} : ColumnSet{all.subspan(1), 2};
}

const ColumnSpec* column_by_name(View list, std::string_view name) {
    const auto all = all_columns(list);
    const auto found = std::ranges::find(all, first_name(name), &ColumnSpec::name);
    return found == all.end() ? nullptr : *found;
}

const ColumnSpec& usual_order(View list) {
    const ColumnSpec* const column = column_by_name(list, list == View::guests || list == View::vcpus ? "cpu" : "id");
    return *column;
}

}  // namespace virtscope::top
