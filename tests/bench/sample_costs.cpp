// sample_costs URI COUNT: the wall times of COUNT samples of all guests of a URI, drivers and collectors together, one right
// after the other, as xenstat_costs asks libxenstat. One line of JSON: {"guests":3,"wall_ns":[…],"cpu_ns":…}.
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "core/clock.h"
#include "sampler/sampler.h"

namespace {

using namespace virtscope;

std::vector<std::int64_t> sample(Sampler& sampler, Frame& frame, int count) {
    std::vector<std::int64_t> walls;
    for (int i = 0; i < count; ++i) {
        const std::int64_t begin = clock_ns(CLOCK_MONOTONIC);
        sampler.sample(frame);
        walls.push_back(clock_ns(CLOCK_MONOTONIC) - begin);
    }
    return walls;
}

}  // namespace

int main(int argc, char** argv) {
    const int count = argc == 3 ? std::atoi(argv[2]) : 0;
    if (count <= 0) return std::fputs("usage: sample_costs URI COUNT\n", stderr), 2;
    const auto sampler = Sampler::open({.uris = {argv[1]}, .host = {}, .drivers = {}});
    if (!sampler) return std::fprintf(stderr, "sample_costs: %s\n", sampler.error().message.c_str()), 1;
    constexpr auto patience = std::chrono::seconds(5);
    if (const auto reached = (*sampler)->reach(patience); !reached) {
        return std::fprintf(stderr, "sample_costs: %s\n", reached.error().message.c_str()), 1;
    }
    Frame frame;
    constexpr int warm = 3;  // in which files are opened
    sample(**sampler, frame, warm);
    const std::int64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    const auto walls = sample(**sampler, frame, count);
    const std::int64_t cpu_each = (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu) / count;
    std::printf("{\"guests\":%zu,\"cpu_ns\":%lld,\"wall_ns\":[", frame.roster->guests.size(), static_cast<long long>(cpu_each));
    for (std::size_t i = 0; i < walls.size(); ++i) std::printf("%s%lld", i == 0 ? "" : ",", static_cast<long long>(walls[i]));
    std::puts("]}");
}
