// The simulated host: test:///default?guests=N&seed=S&hung=K&churn=R, deterministic for a seed. It ships with
// the product: a demonstration without a hypervisor, and the test bed of every view.
#pragma once

#include "drivers/driver.h"

namespace virtscope {

Opened open_simulated(std::string_view uri, const DriverHost& host, const DriverOptions& options);

}  // namespace virtscope
