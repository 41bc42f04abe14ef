// The keys of a configuration in xl's syntax, with their lines: libxlutil answers what a key's value is, but never
// which keys there are, and one that nobody asks for would be dropped in silence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace virtscope::libxl {

struct CfgKey {
    std::string name;
    int line = 0;
    bool adds = false;  // += and not =
};

// In their order. Of a text that libxlutil does not take it means nothing.
std::vector<CfgKey> keys_of(std::string_view text);

}  // namespace virtscope::libxl
