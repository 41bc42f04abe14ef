// SamplerThread: what the agent does, inside virt-top: a thread that samples into a ring, here one in memory. What
// reads rings then knows this host's past as well, and a hypervisor that takes its time holds up no key.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/result.h"
#include "core/ring/writer.h"
#include "sampler/sampler.h"

namespace virtscope::top {

class SamplerThread {
public:
    // Takes the first sample before it returns. Errors: no memory or no thread to be had.
    static Result<std::unique_ptr<SamplerThread>> start(std::unique_ptr<Sampler> sampler);
    SamplerThread(const SamplerThread&) = delete;
    SamplerThread& operator=(const SamplerThread&) = delete;
    // Waits for the sample under way, DriverOptions::monitor_deadline at most.
    ~SamplerThread();

    // The ring, for RingReaders of this process.
    const std::string& ring() const { return writer_.path(); }

    // From now on a sample is taken each `interval`, whether somebody looks or not.
    void set_interval(std::chrono::nanoseconds interval);

    // Has one taken now, unless there is a young one, and waits for it; not longer than a key may wait.
    void refresh();

    // What was wrong with the last sample, a line; empty if all was well.
    std::string problems() const;

private:
    using Clock = std::chrono::steady_clock;

    SamplerThread(std::unique_ptr<Sampler> sampler, RingWriter writer);
    void run();
    void publish(Frame& frame, Clock::time_point begun);
    Clock::time_point due() const;

    std::unique_ptr<Sampler> sampler_;  // the thread's alone, once it runs
    RingWriter writer_;                 // likewise, but for its path

    mutable std::mutex mutex_;  // over what follows
    std::condition_variable changed_;
    std::chrono::nanoseconds interval_;
    Clock::time_point begun_{};  // when the last sample was
    bool wanted_ = false;
    bool ended_ = false;
    std::string problems_;

    std::thread thread_;
};

}  // namespace virtscope::top
