// The agent's loop: sample, publish, wait for the next tick, until a signal says stop.
#pragma once

#include "agent/config.h"
#include "core/result.h"

namespace virtscope {

// Runs until SIGTERM or SIGINT. Tells systemd READY after the first published frame, and WATCHDOG after each one:
// an agent that no longer publishes is restarted, whatever its other threads do.
// Errors: a URI or the ring cannot be opened. Problems on the way are logged, once when they begin and once when they end.
Result<> run_agent(const Config& config);

}  // namespace virtscope
