// xenstat_costs COUNT: the wall times of COUNT calls of xenstat_get_node(XENSTAT_ALL), with which xentop learns everything
// about all domains, in Domain-0. One line of JSON: {"domains":3,"wall_ns":[…],"cpu_ns":…}; cpu_ns is this process' own
// share of one call, without that of xenstored.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

extern "C" {
#include <xenstat.h>
}

namespace {

long long now(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

// The number of domains, 0 if it failed.
unsigned ask_all(xenstat_handle* xenstat) {
    xenstat_node* node = xenstat_get_node(xenstat, XENSTAT_ALL);
    if (node == nullptr) return 0;
    const unsigned domains = xenstat_node_num_domains(node);
    xenstat_free_node(node);
    return domains;
}

}  // namespace

int main(int argc, char** argv) {
    const int count = argc == 2 ? std::atoi(argv[1]) : 0;
    if (count <= 0) return std::fputs("usage: xenstat_costs COUNT\n", stderr), 2;
    xenstat_handle* xenstat = xenstat_init();
    if (xenstat == nullptr) return std::fputs("xenstat_costs: no access to Xen\n", stderr), 1;
    ask_all(xenstat);
    unsigned domains = 0;
    std::vector<long long> walls;
    const long long cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < count; ++i) {
        const long long begin = now(CLOCK_MONOTONIC);
        domains = ask_all(xenstat);
        walls.push_back(now(CLOCK_MONOTONIC) - begin);
    }
    const long long cpu_a_call = (now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / count;
    std::printf("{\"domains\":%u,\"cpu_ns\":%lld,\"wall_ns\":[", domains, cpu_a_call);
    for (std::size_t i = 0; i < walls.size(); ++i) std::printf("%s%lld", i == 0 ? "" : ",", walls[i]);
    std::puts("]}");
    xenstat_uninit(xenstat);
}
