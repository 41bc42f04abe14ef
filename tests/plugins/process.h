// check_virt as a process of its own.
#pragma once

#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "core/fd.h"

namespace virtscope::checks {

struct Ended {
    int code = -1;  // -1: by a signal
    std::string output;
    double seconds = 0;
};

struct Child {
    pid_t pid = -1;
    Fd output;
    double begun = 0;  // seconds of the monotonic clock
};

// `prepare` runs in the child, before check_virt. `program`: a link to it, where not itself is meant.
Child start(std::vector<std::string> arguments, const std::function<void()>& prepare = [] {}, const std::string& program = {});
Ended finish(const Child& child);
Ended run(std::vector<std::string> arguments, const std::function<void()>& prepare = [] {}, const std::string& program = {});

// What `body` does in a process of its own.
Ended run_body(const std::function<void()>& body);

// A ring with frames of a simulated host, a second apart, the newest one of now.
void write_simulated(const std::string& ring, std::uint64_t guests);

}  // namespace virtscope::checks
