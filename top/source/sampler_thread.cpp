#include "top/source/sampler_thread.h"

#include <algorithm>
#include <csignal>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pthread.h>

#include "top/source/delay.h"

namespace virtscope::top {
namespace {

using std::chrono::nanoseconds;

// Somebody leans on the space bar: guests are not asked more often for that.
constexpr nanoseconds shortest = std::chrono::milliseconds(100);
// A key that is answered after this is felt to be late.
constexpr nanoseconds patience = std::chrono::milliseconds(150);

// Memory is taken as the ring fills. 64 KiB hold some 800 frames of a guest at work (docs/architecture.md, The ring):
// 40 minutes at the usual delay. Few guests have a day and more in the least; of very many the last minutes must do, in
// memory that a program to look at them may take.
constexpr std::uint64_t ring_a_guest = 64 << 10;
constexpr std::uint64_t least_ring = 32 << 20;
constexpr std::uint64_t most_ring = 128 << 20;

std::uint64_t ring_bytes(const Frame& frame) {
    return std::clamp<std::uint64_t>(ring_a_guest * frame.roster->guests.size(), least_ring, most_ring);
}

// Signals are the terminal's, which waits for them in the first thread.
class NoSignals {
public:
    NoSignals() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~NoSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    NoSignals(const NoSignals&) = delete;
    NoSignals& operator=(const NoSignals&) = delete;

private:
    sigset_t before_{};
};

}  // namespace

Result<std::unique_ptr<SamplerThread>> SamplerThread::start(std::unique_ptr<Sampler> sampler) {
    Frame first;
    const auto begun = Clock::now();
    sampler->sample(first);
    auto writer = RingWriter::in_memory(ring_bytes(first));
    if (!writer) return std::unexpected(writer.error());
    std::unique_ptr<SamplerThread> started(new SamplerThread(std::move(sampler), std::move(*writer)));
    started->publish(first, begun);
    const NoSignals blocked;
    try {
        started->thread_ = std::thread([&it = *started] { it.run(); });
    } catch (const std::system_error& error) {
        return fail(ErrorKind::system, "no thread to sample in: {}", error.what());
    }
    return started;
}

SamplerThread::SamplerThread(std::unique_ptr<Sampler> sampler, RingWriter writer)
    : sampler_(std::move(sampler)), writer_(std::move(writer)), interval_(default_delay) {}

SamplerThread::~SamplerThread() {
    {
        const std::scoped_lock lock(mutex_);
        ended_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void SamplerThread::set_interval(nanoseconds interval) {
    {
        const std::scoped_lock lock(mutex_);
        interval_ = std::max(interval, shortest);
    }
    changed_.notify_all();
}

void SamplerThread::refresh() {
    std::unique_lock lock(mutex_);
    const auto before = begun_;
    if (before > Clock::now() - shortest) return;
    wanted_ = true;
    changed_.notify_all();
    // One that is under way will do.
    changed_.wait_for(lock, patience, [&] { return begun_ != before; });
}

std::string SamplerThread::problems() const {
    const std::scoped_lock lock(mutex_);
    return problems_;
}

// What was asked for comes at once; the rest one interval after the other, never made up for.
SamplerThread::Clock::time_point SamplerThread::due() const {
    return begun_ + std::chrono::duration_cast<Clock::duration>(interval_);
}

void SamplerThread::run() {
    Frame frame;
    std::unique_lock lock(mutex_);
    while (!ended_) {
        if (!wanted_ && Clock::now() < due()) {
            changed_.wait_until(lock, due());
            continue;
        }
        lock.unlock();
        const auto begun = Clock::now();
        sampler_->sample(frame);
        publish(frame, begun);
        lock.lock();
    }
}

void SamplerThread::publish(Frame& frame, Clock::time_point begun) {
    std::unique_lock lock(mutex_);
    // By this a reader tells whether whoever writes is still at it.
    frame.set(0, AgentMetric::tick_interval, static_cast<std::uint64_t>(interval_.count()));
    lock.unlock();
    const auto published = writer_.publish(frame);
    lock.lock();
    wanted_ = false;
    begun_ = begun;
    problems_ = fmt::format("{}", fmt::join(sampler_->problems(), "; "));
    if (!published)
        problems_ = fmt::format("too many guests for the memory set aside: start virt-top again ({})",
                                published.error().message);
    lock.unlock();
    changed_.notify_all();
}

}  // namespace virtscope::top
