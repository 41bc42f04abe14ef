// CPU time as a percentage: of a guest's vCPUs, or of the host.
#pragma once

#include <optional>

#include "plugins/terms/measure.h"

namespace virtscope::checks {

// How many vCPUs the guest has, how many CPUs the host; unknown where the frame does not tell, or tells zero.
std::optional<double> vcpus_of(const Sight& sight);
std::optional<double> cpus_of_host(const Sight& sight);

// `rate`: ns a second; `cpus`: as many are 100 %.
Value percent_of_time(std::optional<double> rate, std::optional<double> cpus);

}  // namespace virtscope::checks
