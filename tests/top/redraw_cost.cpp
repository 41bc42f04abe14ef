// What one redraw costs in CPU time, without the terminal: redraw_cost [GUESTS]
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "tests/top/builder.h"
#include "top/compose/compose.h"

int main(int argc, char** argv) {
    using namespace virtscope::top;
    const std::size_t guests = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1000;
    const Picture picture = test::many(guests).picture();
    constexpr int rounds = 200;
    std::size_t characters = 0;
    const std::clock_t begin = std::clock();
    for (int i = 0; i < rounds; ++i) {
        Session session;
        characters += text_of(compose(test::scene_of(picture), session, {50, 200})).size();
    }
    const double used = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    std::printf("%zu guests: %.3f ms of CPU a redraw (%zu characters)\n", guests, used / rounds * 1000,
                characters / rounds);
}
