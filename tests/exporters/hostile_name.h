// Names as guests, or who writes their images, might choose them.
#pragma once

#include <random>
#include <string>
#include <string_view>

namespace virtscope::exporters {

// Up to a dozen bytes: those that matter to paths, quotes, protocols and terminals, and any.
inline std::string hostile_name(std::mt19937& random) {
    static constexpr std::string_view pieces = "\\\"\n\r\t{}=, \x01\x7f\xc3\xbc\xe2\x80\xae\xff#a0/.:-%~";
    std::string name;
    for (std::size_t length = random() % 12; length > 0; --length) {
        name += random() % 4 == 0 ? static_cast<char>(random()) : pieces[random() % pieces.size()];
    }
    return name;
}

}  // namespace virtscope::exporters
