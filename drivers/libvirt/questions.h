// Questions: block counters and balloon of guests, asked of libvirt by a few threads that a guest may keep.
//
// libvirt has no call that gives them up after a while: one that asks a QEMU which does not answer returns when that
// does. So each call has a thread of its own out of a pool, and whoever wants the answer looks whether it has come. A
// guest is asked one question at a time. While calls hang, other threads take their place, but never so many that
// libvirtd's own (20 by default, shared with virsh) could run out.
//
// virDomainBlockStatsFlags puts one QMP command; the bulk statistics of virt-top put seven a guest (query-stats and
// query-blockstats twice each, query-named-block-nodes, query-balloon, qom-get), so no more is asked than this and,
// seldom, virDomainMemoryStats.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver.h"
#include "drivers/libvirt/library.h"

namespace virtscope::libvirt {

using Domain = std::shared_ptr<virDomain>;  // keeps its connection open too

template <class Metric>
struct Number {
    Metric metric;
    std::uint64_t value = 0;
};

// What was last answered about a guest. `disks` in the order of the question.
struct Answered {
    Clock::time_point asked, answered;
    std::vector<std::vector<Number<DiskMetric>>> disks;
    std::vector<Number<GuestMetric>> memory;  // of the last question that was about it too
    std::string problem;                      // why nothing was answered; the rest is then of the time before
};

// One guest's current question. Shared with the thread that asks it.
struct Question {
    Domain domain;
    std::vector<std::string> disks;  // by libvirt's names; those without a medium are empty and not asked
    bool memory = false;
    std::optional<Clock::time_point> begun;  // the call is being made
    std::atomic<const char*> call{nullptr};  // libvirt's function that is being called
    bool done = false;
    Answered answer;
};

// A call that has not returned yet.
struct PendingCall {
    std::string_view function;
    Clock::time_point begun;
};

class Questions {
public:
    explicit Questions(const Library& library) : library_(library), state_(std::make_shared<State>()) {}
    ~Questions();
    Questions(const Questions&) = delete;
    Questions& operator=(const Questions&) = delete;

    // Hands a question over; its fields are then read through look() alone.
    void put(std::shared_ptr<Question> question);

    // Waits until every one is done or the deadline is there; threads are added for those that hang.
    void wait(const std::vector<std::shared_ptr<Question>>& questions, Clock::time_point deadline);

    // The answer, once there is one.
    std::optional<Answered> look(const Question& question) const;

    // What it waits for; none: it is done, or its turn has not come.
    std::optional<PendingCall> pending(const Question& question) const;

private:
    struct State {
        std::mutex mutex;  // never held during a call into libvirt
        std::condition_variable changed;
        std::deque<std::shared_ptr<Question>> waiting;
        std::size_t threads = 0;
        std::vector<std::shared_ptr<Question>> asked;  // by threads, just now
        bool closing = false;
    };
    static void work(const Library& library, const std::shared_ptr<State>& state);
    void add_thread();

    const Library& library_;
    std::shared_ptr<State> state_;
};

}  // namespace virtscope::libvirt
