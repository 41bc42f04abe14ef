// A host for tests of several side by side: answers, fails and hangs as it is told, and has as much past as it is
// given.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "top/source/fleet.h"

namespace virtscope::top::test {

struct FakeHost {
    std::string name = "fake";
    std::int64_t oldest = 0;  // seconds since the epoch: frames at each of them from here
    std::int64_t newest = 0;  // 0: no past
    // Read and written under `mutex`.
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Error> refuses;  // opening fails
    bool hangs = false;            // calls do not return
    bool is_silent = false;        // nothing new comes
    int opened = 0;
    int looks = 0;
    int closed = 0;
    std::chrono::milliseconds slow{0};

    void set(const auto& change) {
        const std::scoped_lock lock(mutex);
        change();
        changed.notify_all();
    }
    int count(int FakeHost::*which) {
        const std::scoped_lock lock(mutex);
        return this->*which;
    }
};

// A member of a fleet that looks at that host.
FleetMember member_of(const std::shared_ptr<FakeHost>& host, std::string label = {});

}  // namespace virtscope::top::test
