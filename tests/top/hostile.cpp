#include "hostile.h"

#include <array>
#include <random>
#include <string_view>

namespace virtscope::top::test {
namespace {

using namespace std::string_view_literals;

constexpr std::array parts{"\33[2J"sv,
                           "\33]0;owned\7"sv,
                           "\33[?1049l"sv,
                           "\33c"sv,
                           "\33(0"sv,
                           "\33[5;1r"sv,
                           "\33P$q\"p\33\\"sv,  // sequences
                           "\n"sv,
                           "\r"sv,
                           "\t"sv,
                           "\b\b\b"sv,
                           "\a"sv,
                           "\x0e"sv,
                           "\x7f"sv,
                           "\0"sv,
                           "\x1a"sv,  // C0, DEL
                           "\xc2\x9b"
                           "2J"sv,
                           "\xc2\x90"sv,
                           "\xc2\x85"sv,
                           "\x9b"
                           "1m"sv,  // C1, as UTF-8 and raw
                           "\u202e"sv,
                           "\u2066"sv,
                           "\u2069"sv,
                           "\u200f"sv,
                           "\u061c"sv,  // bidirectional
                           "\u200b"sv,
                           "\u200d"sv,
                           "\u2060"sv,
                           "\ufeff"sv,
                           "\u00ad"sv,
                           "\u180e"sv,  // invisible
                           "\u2028"sv,
                           "\u2029"sv,
                           "\U000e0041"sv,
                           "\ufe0f"sv,
                           "\U000e0100"sv,
                           "\u3164"sv,
                           "e\u0301"sv,
                           "\u0301\u0302\u0303"sv,
                           "Z\u0335\u0336\u0337\u0338"sv,
                           "\u20dd"sv,  // marks
                           "\xff"sv,
                           "\xc0\xaf"sv,
                           "\xed\xa0\x80"sv,
                           "\xf4\x90\x80\x80"sv,
                           "\xe2\x82"sv,
                           "\x80"sv,  // invalid
                           "\u4e2d\u6587"sv,
                           "\uff21"sv,
                           "\U0001f600"sv,
                           "\U0001f468\u200d\U0001f469"sv,
                           "\u1100\u1161"sv,  // wide
                           "\u4dc0"sv,
                           "\u3248"sv,
                           "\u0cbf"sv,
                           "\ue000"sv,
                           "\U0010ffff"sv,
                           "\ufdd0"sv,  // doubtful, nobody's
                           "web"sv,
                           "01"sv,
                           "-"sv,
                           " "sv,
                           "%s%n"sv,
                           "\u0448\u043b"sv,
                           "\u05d0\u05d1"sv,
                           "\u0e01\u0e34"sv};

}  // namespace

std::string hostile_name(std::size_t number) {
    std::mt19937 random(static_cast<std::mt19937::result_type>(number));
    const std::size_t wanted = number % 3 == 0 ? 255 : 1 + random() % 40;
    std::string name(parts[number % parts.size()]);
    while (name.size() < wanted) name += parts[random() % parts.size()];
    if (number % 3 == 0) name.resize(255);  // in the middle of whatever is there
    return name;
}

}  // namespace virtscope::top::test
