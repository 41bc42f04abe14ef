// Reports to whoever gave the order. One that listens no more stops nothing: the order is carried out all the same.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "drivers/xen/lifecycle_wire.h"

namespace virtscope::libxl {

class Output {
public:
    void report(const xen::Report& report);
    // From the first of these on, the order is waited for until it ends.
    void under_way(std::uint64_t done = 0, std::uint64_t total = 0) { report(xen::Advance{done, total}); }

private:
    std::mutex mutex_;
};

// Says how far a call is that does not say it itself, from a thread of its own, until it is destroyed.
class Watch {
public:
    Watch(Output& output, std::uint64_t total, std::function<std::uint64_t()> done);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

private:
    void run();

    Output& output_;
    const std::uint64_t total_;
    const std::function<std::uint64_t()> done_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool over_ = false;
    std::thread thread_;
};

}  // namespace virtscope::libxl
