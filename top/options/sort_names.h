// What -o and the init file's `sort` may say: virt-top's names and those of all our lists' columns.
#pragma once

#include <string_view>
#include <vector>

namespace virtscope::top {

std::vector<std::string_view> sort_names();  // without aliases
bool is_sort_name(std::string_view name);

}  // namespace virtscope::top
