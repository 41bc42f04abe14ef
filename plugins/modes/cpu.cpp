// cpu: how much CPU does each guest use?
#include <array>

#include "plugins/judge/judge.h"
#include "plugins/modes/modes.h"
#include "plugins/modes/of_cpus.h"

namespace virtscope::checks {
namespace {

constexpr std::array<Flag, 1> flags{{
    {"--of", "vcpus", "what 100 % is: the guest's vcpus, one cpu of the host, or all of the host"},
}};

std::optional<double> whole(const Sight& sight) {
    const std::string& basis = sight.request.option("--of");
    if (basis == "cpu") return 1;
    if (basis == "host") return cpus_of_host(sight);
    return vcpus_of(sight);
}

template <GuestMetric metric>
Value use(const Sight& sight) {
    return percent_of_time(sight.rate(metric), whole(sight));
}

constexpr std::array<Measure, 6> measures{{
    {.label = "cpu", .unit = "%", .noun = "CPU use", .read = use<GuestMetric::cpu_time>},
    {.label = "user", .unit = "%", .noun = "CPU use in user mode", .read = use<GuestMetric::cpu_user>},
    {.label = "system", .unit = "%", .noun = "CPU use in the host's kernel", .read = use<GuestMetric::cpu_system>},
    {.label = "emulator", .unit = "%", .noun = "CPU use of the emulator", .read = use<GuestMetric::cpu_emulator>},
    {.label = "iothread", .unit = "%", .noun = "CPU use of I/O threads", .read = use<GuestMetric::cpu_iothread>},
    {.label = "vhost", .unit = "%", .noun = "CPU use of vhost threads", .read = use<GuestMetric::cpu_vhost>},
}};

Result<Report> run(const Request& request, Snapshot& snapshot) {
    const std::string& basis = request.option("--of");
    if (basis != "vcpus" && basis != "cpu" && basis != "host") {
        return fail(ErrorKind::malformed, "--of {}: want vcpus, cpu or host", basis);
    }
    auto report = judge_measures(request, snapshot);
    if (report) report->details.push_back("100 % is " + std::string(basis == "vcpus" ? "all of the guest's vCPUs" : basis == "cpu" ? "one CPU of the host" : "all CPUs of the host"));
    return report;
}

}  // namespace

const Mode cpu_mode{.name = "cpu",
                    .service = "CPU",
                    .help = "Use of CPU of each guest, helper threads of the guest included",
                    .example = "--window 5m -w 80 -c 95",
                    .measures = measures,
                    .flags = flags,
                    .window = "60s",
                    .run = run};

}  // namespace virtscope::checks
