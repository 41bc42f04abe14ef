// Loans: who may talk to a guest's monitor now, the sampler or a command. QEMU serves one client at a time. The same of
// the channel to the agent inside the guest, where those who ask it from time to time stand for the sampler.
//
// The sampler's thread holds a monitor while it has a conversation there. A command's thread borrows it: where the
// sampler has none it gets the loan at once, else when the sampler lets go, at its next refresh. While a loan is asked
// for or out, the sampler does not hold; when it is back, the sampler may connect again at once.
//
// Threading: any. A channel's hold() and release() are one thread's at a time. Nothing here waits but borrow().
#pragma once

#include <chrono>
#include <compare>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <sys/types.h>

#include "core/result.h"
#include "drivers/process.h"

namespace virtscope::qemu {

enum class Channel : std::uint8_t { monitor, guest_agent };

// What is lent: a channel of one run of a guest.
struct Run {
    pid_t pid = 0;
    std::uint64_t start_ticks = 0;
    Channel channel = Channel::monitor;

    static Run of(const Process& process, Channel channel = Channel::monitor) {
        return {process.pid(), process.start_ticks(), channel};
    }
    auto operator<=>(const Run&) const = default;
};

class Loans;

// The right to use the channel, until it is destroyed. What was connected must be closed before.
class Loan {
public:
    Loan(std::shared_ptr<Loans> loans, Run run) : loans_(std::move(loans)), run_(run) {}
    Loan(Loan&&) = default;
    Loan& operator=(Loan&&) = delete;
    ~Loan();

private:
    std::shared_ptr<Loans> loans_;  // null: moved from
    Run run_;
};

class Loans : public std::enable_shared_from_this<Loans> {
public:
    // Errors: timeout.
    Result<Loan> borrow(Run run, std::chrono::steady_clock::time_point deadline);

    // False: a command wants or has it; whoever holds it lets go of it and says so with release().
    bool hold(Run run);
    void release(Run run);

private:
    friend class Loan;
    void give_back(Run run);

    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<Run> held_;                // by the sampler
    std::map<Run, unsigned> wanted_;    // commands that wait or have it
    std::set<Run> lent_;
};

}  // namespace virtscope::qemu
