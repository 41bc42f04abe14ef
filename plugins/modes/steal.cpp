// steal: how long do guests' vCPUs wait for a CPU? What the guest sees as steal.
#include <algorithm>
#include <array>

#include "plugins/judge/judge.h"
#include "plugins/modes/modes.h"
#include "plugins/modes/of_cpus.h"

namespace virtscope::checks {
namespace {

Value steal(const Sight& sight) { return percent_of_time(sight.rate(GuestMetric::cpu_wait), vcpus_of(sight)); }

Value steal_of_vcpu(const Sight& sight) { return percent_of_time(sight.rate(VcpuMetric::wait), 1); }

constexpr std::array<Measure, 2> measures{{
    {.label = "steal", .unit = "%", .noun = "steal", .read = steal},
    {.label = "vcpu", .unit = "%", .noun = "steal of a vCPU", .scope = Scope::Vcpu, .read = steal_of_vcpu},
}};

}  // namespace

const Mode steal_mode{.name = "steal",
                      .service = "STEAL",
                      .help = "Time that guests' vCPUs were runnable but had no CPU (run-queue wait), of their time",
                      .example = "--window 5m -w 10 -c 25",
                      .measures = measures,
                      .window = "60s",
                      .run = judge_measures};

}  // namespace virtscope::checks
