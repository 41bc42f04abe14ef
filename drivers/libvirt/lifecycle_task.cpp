#include "drivers/libvirt/lifecycle_task.h"

namespace virtscope::libvirt {

bool Task::begin() {
    const std::lock_guard lock(mutex_);
    begun_ = !given_up_;
    return begun_;
}

void Task::under_way(std::uint64_t done, std::uint64_t total) {
    const std::lock_guard lock(mutex_);
    accepted_ = true;
    done_ = done;
    total_ = total;
    changed_.notify_all();
}

void Task::finish(Result<Answer> answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
    changed_.notify_all();
}

Result<Answer> Task::wait(Progress& progress) {
    std::unique_lock lock(mutex_);
    std::uint64_t told = 0;
    while (!answer_) {
        if (accepted_) {
            changed_.wait(lock);
        } else if (changed_.wait_until(lock, order_.deadline) == std::cv_status::timeout && !answer_ && !accepted_) {
            return give_up();
        }
        if (done_ == told || total_ == 0) continue;
        const std::uint64_t done = told = done_;
        const std::uint64_t total = total_;
        lock.unlock();  // whoever is told may be slow
        progress.at(done, total);
        lock.lock();
    }
    return std::move(*answer_);
}

// With mutex_ held.
Result<Answer> Task::give_up() {
    given_up_ = true;
    if (!begun_) return fail(ErrorKind::timeout, "libvirt has not answered in time; nothing was done, try again");
    if (order_.verb == Verb::destroy) {
        return fail(ErrorKind::timeout, "is being ended but not gone yet; libvirt kills it within 30 s, look again then");
    }
    if (!names_a_guest(order_.verb)) {
        return fail(ErrorKind::timeout, "libvirt has not accepted it in time and may still do it; look before trying again");
    }
    return fail(ErrorKind::timeout,
                "not accepted in time and may still be done later: the guest does not answer; destroy ends it");
}

std::size_t Lanes::lane_of(Verb verb) { return verb == Verb::destroy ? 1 : only_looks(verb) ? 2 : 0; }

Result<> Lanes::enter(const Order& order) {
    constexpr unsigned most = 8;
    const std::size_t index = lane_of(order.verb);
    const unsigned most_of_a_guest = index == 2 ? 2 : 1;
    const std::lock_guard lock(mutex_);
    Lane& lane = lanes_[index];
    const auto known = lane.guests.find(order.target.uuid);
    if (names_a_guest(order.verb) && known != lane.guests.end() && known->second >= most_of_a_guest) {
        return fail(ErrorKind::busy, "an earlier order has not returned from libvirt yet; wait, or destroy the guest");
    }
    if (lane.threads >= most) {
        return fail(ErrorKind::busy, "libvirt has not returned from {} earlier orders yet; try again later", most);
    }
    ++lane.threads;
    ++lane.guests[order.target.uuid];
    return {};
}

void Lanes::leave(const Order& order) {
    const std::lock_guard lock(mutex_);
    Lane& lane = lanes_[lane_of(order.verb)];
    --lane.threads;
    const auto known = lane.guests.find(order.target.uuid);
    if (known != lane.guests.end() && --known->second == 0) lane.guests.erase(known);
}

}  // namespace virtscope::libvirt
