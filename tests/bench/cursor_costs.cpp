// cursor_costs RING: what it costs an exporter to catch up with all that a ring has, as JSON.
#include <cstdio>
#include <ctime>

#include "core/clock.h"
#include "exporters/base/cursor.h"

int main(int argc, char** argv) {
    using namespace virtscope;
    if (argc != 2) return 2;
    exporters::Cursor cursor(argv[1], {}, exporters::Begin::oldest);
    const std::int64_t began = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    std::uint64_t guests = 0;
    const auto progress = cursor.advance([&](const Frame& frame) {
        guests += frame.roster->guests.size();
        return true;
    });
    if (!progress) return std::fprintf(stderr, "cursor_costs: %s\n", progress.error().message.c_str()), 1;
    const double spent = static_cast<double>(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - began) / 1e6;
    std::printf("{\"frames\": %llu, \"guests\": %llu, \"cpu_ms\": %.3f}\n",
                static_cast<unsigned long long>(progress->frames), static_cast<unsigned long long>(guests), spent);
}
