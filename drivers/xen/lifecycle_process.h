// The process of a helper: started with a text as its standard input, what it says is read without ever blocking on it.
#pragma once

#include <sys/types.h>
#include <chrono>
#include <optional>
#include <string>

#include "core/fd.h"
#include "core/result.h"

namespace virtscope::xen {

class HelperProcess {
public:
    using Deadline = std::optional<std::chrono::steady_clock::time_point>;  // none: as long as it takes

    // In a session of its own, with our environment and no descriptor of ours. Errors: absent, denied, system.
    static Result<HelperProcess> start(const std::string& path, const std::string& input);
    HelperProcess(HelperProcess&& other) noexcept;
    HelperProcess& operator=(HelperProcess&&) = delete;
    ~HelperProcess();  // one that has not ended is killed

    // The next line of its standard output, without its newline. None: it has ended, or closed that. Errors: timeout,
    // malformed (a line without an end).
    Result<std::optional<std::string>> line(Deadline deadline);

    // Waits until it has ended and says how: its exit code, 128 + its signal's number. It is killed at the deadline.
    int ended(std::chrono::steady_clock::time_point deadline);

    // The beginning of what it wrote to its standard error.
    const std::string& complaints() const { return complaints_; }

private:
    HelperProcess() = default;
    bool take(Fd& from, std::string& into, std::size_t limit) const;  // false: at its end
    bool wait_for_more(Deadline deadline);                            // false: the deadline has passed

    pid_t pid_ = -1;
    Fd process_;  // pidfd
    Fd out_, err_;
    std::string said_, complaints_;
};

}  // namespace virtscope::xen
