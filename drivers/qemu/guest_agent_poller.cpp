#include "drivers/qemu/guest_agent_poller.h"

#include <algorithm>

namespace virtscope::qemu {

GuestAgentPoller::GuestAgentPoller()
    : GuestAgentPoller(Pace{}, [](const Subject& subject, Clock::time_point deadline) {
          return guest_info(*subject.process, subject.line, deadline);
      }) {}

GuestAgentPoller::GuestAgentPoller(Pace pace, Ask ask)
    : pace_(pace), ask_(std::move(ask)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

GuestAgentPoller::~GuestAgentPoller() {
    thread_.request_stop();
    thread_.join();
}

void GuestAgentPoller::set_guests(std::vector<Subject> guests) {
    const std::lock_guard lock(mutex_);
    std::map<Key, Entry> entries;
    for (Subject& guest : guests) {
        const Key guest_key = key(*guest.process);
        if (auto known = entries_.extract(guest_key)) {
            entries.insert(std::move(known));
        } else {
            entries.try_emplace(guest_key, Entry{std::move(guest), Clock::now(), pace_.interval, std::nullopt});
        }
    }
    entries_ = std::move(entries);
    changed_.notify_all();
}

std::optional<GuestInfo> GuestAgentPoller::newest(const Process& process) const {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key(process));
    return found != entries_.end() ? found->second.info : std::nullopt;
}

// The guest that has been due longest, once one is; none when it is time to end.
std::optional<std::pair<GuestAgentPoller::Key, GuestAgentPoller::Subject>> GuestAgentPoller::next(
    std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto first = std::ranges::min_element(entries_, {}, [](const auto& each) { return each.second.due; });
        if (first == entries_.end()) {
            changed_.wait(lock, stop, [this] { return !entries_.empty(); });
            continue;
        }
        if (first->second.due <= Clock::now()) return std::pair(first->first, first->second.subject);
        // A copy: the entry may be gone while we wait. Woken early, by other guests, it is worked out anew.
        const Clock::time_point due = first->second.due;
        changed_.wait_until(lock, stop, due, [this, due] {
            return entries_.empty() || std::ranges::any_of(entries_, [due](const auto& each) {
                       return each.second.due < due;
                   });
        });
    }
    return std::nullopt;
}

void GuestAgentPoller::keep(const Key& key, const Result<std::string>& answer) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;  // the guest went away meanwhile
    Entry& entry = found->second;
    if (!entry.info) entry.info.emplace();
    if (answer) {
        *entry.info = {*answer, Clock::now(), {}};
        entry.wait = pace_.interval;
    } else {
        entry.info->why = answer.error().message;
        entry.wait = std::min(entry.wait * 2, pace_.rarest);
    }
    entry.due = Clock::now() + entry.wait;
}

void GuestAgentPoller::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (const auto subject = next(lock, stop)) {
        lock.unlock();
        const auto answer = ask_(subject->second, Clock::now() + pace_.budget);
        lock.lock();
        keep(subject->first, answer);
    }
}

}  // namespace virtscope::qemu
