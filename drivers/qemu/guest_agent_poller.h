// GuestAgentPoller: asks the agents inside guests now and then, in a thread of its own (opt-in).
//
// One guest is asked at a time, each at most once per interval, one that does not
// answer ever more rarely. Nothing is shared with the sampler but a map behind a mutex that is held for
// copies only: a guest that lies or is silent costs the sampler nothing.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/result.h"
#include "drivers/process.h"
#include "drivers/qemu/command_line.h"
#include "drivers/qemu/guest_agent.h"

namespace virtscope::qemu {

// The newest that is known of one guest. After a failure the last good text stays, `why` says what failed.
struct GuestInfo {
    std::string json;                     // as guest_info() gives it; empty before the first success
    GuestAgent::Clock::time_point taken;  // when `json` was
    std::string why;                      // of the last attempt; empty: it succeeded
};

class GuestAgentPoller {
public:
    using Clock = GuestAgent::Clock;

    struct Pace {
        std::chrono::milliseconds interval = std::chrono::minutes(1);
        std::chrono::milliseconds rarest = std::chrono::minutes(10);  // of a guest that keeps silent
        std::chrono::milliseconds budget = std::chrono::seconds(2);   // for all questions to one guest
    };
    struct Subject {
        std::shared_ptr<const Process> process;
        CommandLine line;
    };
    // What is asked; tests put their own here.
    using Ask = std::function<Result<std::string>(const Subject&, Clock::time_point deadline)>;

    GuestAgentPoller();
    GuestAgentPoller(Pace pace, Ask ask);
    // Waits for the guest that is being asked: the budget at most.
    ~GuestAgentPoller();
    GuestAgentPoller(const GuestAgentPoller&) = delete;
    GuestAgentPoller& operator=(const GuestAgentPoller&) = delete;

    // The guests there are now; those that are gone are forgotten. Any thread; never waits for a guest.
    void set_guests(std::vector<Subject> guests);

    // None: not asked yet, or not among the guests. Any thread; never waits for a guest.
    std::optional<GuestInfo> newest(const Process& process) const;

private:
    using Key = std::pair<pid_t, std::uint64_t>;  // a process id and its start: no other process has both

    struct Entry {
        Subject subject;
        Clock::time_point due;
        std::chrono::milliseconds wait{0};  // until the next attempt, once this one failed
        std::optional<GuestInfo> info;
    };

    static Key key(const Process& process) { return {process.pid(), process.start_ticks()}; }
    void run(const std::stop_token& stop);
    std::optional<std::pair<Key, Subject>> next(std::unique_lock<std::mutex>& lock, const std::stop_token& stop);
    void keep(const Key& key, const Result<std::string>& answer);

    const Pace pace_;
    const Ask ask_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<Key, Entry> entries_;
    std::jthread thread_;  // last: it ends before what it uses
};

}  // namespace virtscope::qemu
