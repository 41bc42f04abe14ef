// Values of options as collectd.conf has them.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace virtscope::exporters::collectd {

// Equal but for upper and lower case, as collectd compares keys and words. ASCII.
bool same_word(std::string_view a, std::string_view b);

// What stands between blanks.
std::vector<std::string_view> words_of(std::string_view text);

// true, yes, on; false, no, off.
std::optional<bool> truth_of(std::string_view word);

}  // namespace virtscope::exporters::collectd
