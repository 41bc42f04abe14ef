// The domain that a keeper keeps, and what it does with it when it has ended.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/uuid.h"
#include "drivers/xen/libxl/library.h"

namespace virtscope::libxl {

struct Kept {
    libxl_ctx* context;
    Log& log;
    std::uint32_t domid;  // of the present run
    Uuid uuid;
    std::string name;
    std::chrono::steady_clock::time_point begun;

    std::string who() const;
};

// To the system's log; a priority of syslog(3).
void note(int priority, const std::string& text);

// Does what its configuration says of this end, one of libxl_shutdown_reason. False: there is nothing more to keep;
// true: it runs again, under the number that `kept` has then.
bool end_run(Kept& kept, int reason);

}  // namespace virtscope::libxl
