// Syncer: brings a ring file's pages to the disk from time to time, in a thread of its own, because that may take
// as long as the disk likes. After a power loss what was synced is there.
//
// A failure is told once and for ever: after an error the kernel may take pages for clean that never arrived, so that
// trying again would prove nothing.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/fd.h"

namespace virtscope {

class Syncer {
public:
    // `fd` is the caller's; a duplicate is kept.
    Syncer(int fd, std::chrono::nanoseconds interval);

    // The errno of the sync that failed, 0 if none did.
    int failed() const { return failed_; }
    std::uint64_t succeeded() const { return succeeded_; }

private:
    void run(const std::stop_token& stop, std::chrono::nanoseconds interval);

    Fd fd_;
    std::atomic<int> failed_ = 0;
    std::atomic<std::uint64_t> succeeded_ = 0;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace virtscope
