// The client's side of the control socket: one order, one connection.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "orders/wire.h"

namespace virtscope {

using OnProgress = std::function<void(const control::ProgressLine&)>;

// Sends `wish` and waits for the answer, at most `limit` (none: until the agent answers or goes). Never fails: what
// goes wrong on the way is an outcome too, with its line in `error`: no_agent (nothing was sent), timed_out (no answer
// in time), unknown (the agent went away in the middle, or answered what nobody understands). Blocks. Thread-safe.
control::Reply send_order(const std::string& socket, const control::Wish& wish,
                          std::optional<std::chrono::milliseconds> limit, const OnProgress& on_progress);

}  // namespace virtscope
