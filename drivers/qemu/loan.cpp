#include "drivers/qemu/loan.h"

namespace virtscope::qemu {

Loan::~Loan() {
    if (loans_) loans_->give_back(run_);
}

Result<Loan> Loans::borrow(Run run, std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    ++wanted_[run];
    const bool ours = changed_.wait_until(lock, deadline, [&] { return !held_.contains(run) && !lent_.contains(run); });
    if (!ours) {
        if (--wanted_[run] == 0) wanted_.erase(run);
        return fail(ErrorKind::timeout, "its {} is in use here until after the deadline; try again",
                    run.channel == Channel::monitor ? "monitor" : "guest agent");
    }
    lent_.insert(run);
    return Loan(shared_from_this(), run);
}

void Loans::give_back(Run run) {
    {
        const std::lock_guard lock(mutex_);
        lent_.erase(run);
        if (--wanted_[run] == 0) wanted_.erase(run);
    }
    changed_.notify_all();
}

bool Loans::hold(Run run) {
    const std::lock_guard lock(mutex_);
    if (wanted_.contains(run)) return false;
    held_.insert(run);
    return true;
}

void Loans::release(Run run) {
    bool waited = false;
    {
        const std::lock_guard lock(mutex_);
        held_.erase(run);
        waited = wanted_.contains(run);
    }
    if (waited) changed_.notify_all();
}

}  // namespace virtscope::qemu
