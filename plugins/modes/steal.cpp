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

std::string why_unknown(const Frame& frame, std::size_t guest) {
    if (!is_told_by_xen(frame, guest)) return {};
    return "Xen tells no run-queue wait, an agent in the guest has it as steal of its host";
}

Result<Report> run(const Request& request, Snapshot& snapshot) {
    return judge_measures(request, snapshot, {.why_unknown = why_unknown});
}

}  // namespace

const Mode steal_mode{.name = "steal",
                      .service = "STEAL",
                      .help = "Time that guests' vCPUs were runnable but had no CPU (run-queue wait), of their time",
                      .example = "--window 5m -w 10 -c 25",
                      .measures = measures,
                      .window = "60s",
                      .run = run};

}  // namespace virtscope::checks
