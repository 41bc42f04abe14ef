// net: what do the guests' network cards carry and lose? Directions are the guest's.
#include <array>

#include "plugins/judge/judge.h"
#include "plugins/modes/modes.h"

namespace virtscope::checks {
namespace {

template <NicMetric metric>
Value rate(const Sight& sight) {
    return sight.rate(metric);
}

template <NicMetric metric>
Value count(const Sight& sight) {
    return sight.increase(metric);
}

constexpr std::array<Measure, 8> measures{{
    {.label = "rx_bytes", .unit = "B", .noun = "receives", .scope = Scope::Nic, .per_second = true, .read = rate<NicMetric::rx_bytes>},
    {.label = "tx_bytes", .unit = "B", .noun = "sends", .scope = Scope::Nic, .per_second = true, .read = rate<NicMetric::tx_bytes>},
    {.label = "rx_packets", .unit = "", .noun = "packets received", .scope = Scope::Nic, .per_second = true,
     .read = rate<NicMetric::rx_packets>},
    {.label = "tx_packets", .unit = "", .noun = "packets sent", .scope = Scope::Nic, .per_second = true,
     .read = rate<NicMetric::tx_packets>},
    {.label = "rx_errors", .unit = "", .noun = "errors on receipt", .scope = Scope::Nic, .read = count<NicMetric::rx_errors>},
    {.label = "tx_errors", .unit = "", .noun = "errors on sending", .scope = Scope::Nic, .read = count<NicMetric::tx_errors>},
    {.label = "rx_drops", .unit = "", .noun = "packets for the guest dropped", .scope = Scope::Nic,
     .read = count<NicMetric::rx_drops>},
    {.label = "tx_drops", .unit = "", .noun = "packets from the guest dropped", .scope = Scope::Nic,
     .read = count<NicMetric::tx_drops>},
}};

Result<Report> run(const Request& request, Snapshot& snapshot) {
    return judge_measures(request, snapshot, {.nothing = "has no network cards"});
}

}  // namespace

const Mode net_mode{.name = "net",
                    .service = "NET",
                    .help = "Network cards of each guest: bytes and packets a second, errors and drops in the window",
                    .example = "--window 5m -w rx_drops=100,tx_bytes=80MB -c tx_bytes=110MB",
                    .about = About::devices,
                    .measures = measures,
                    .window = "60s",
                    .run = run};

}  // namespace virtscope::checks
