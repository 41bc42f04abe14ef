// Where a terminal or a file takes ASCII only.
#include "top/view/ascii.h"

#include <doctest/doctest.h>

#include "core/text.h"

using namespace virtscope;
using namespace virtscope::top;

TEST_CASE("lines, bars and graphs have twins that look alike") {
    CHECK(ascii_text("┌─┬─┐│ ├╴┼ ╝") == "+-+-+| +-+ +");
    CHECK(ascii_text("▁▂▃▄▅▆▇█") == ".:-=+*#%");
    CHECK(ascii_text("█▉▊▋▌▍▎▏") == "%#*+=-:.");
    CHECK(ascii_text("░▒▓▀▐▔▕▚") == ":*#==-|+");
    CHECK(ascii_text("\u2800\u2801\u28ff\u2847") == " .%=");
    CHECK(ascii_text("↑↓←→ – … · ▲▼") == "^v<> - . . ^v");
}

TEST_CASE("it is as wide, and nothing but ASCII, whatever it was") {
    CHECK(ascii_text("中文|é|ш") == "? ? |?|?");
    CHECK(ascii_text("Z\u0335|") == "Z|");
    CHECK(ascii_text("a\33[2J\xff\u202e") == "a?[2J??");
    for (char32_t c = 1; c < 0x11000; ++c) {
        const char twin = ascii_twin(c);
        if (twin < ' ' || twin > '~') FAIL_CHECK("U+" << static_cast<std::uint32_t>(c));
    }
}
