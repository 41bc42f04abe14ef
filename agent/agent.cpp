#include "agent/agent.h"

#include <cerrno>
#include <csignal>
#include <ctime>
#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <spdlog/spdlog.h>

#include "agent/schedule.h"
#include "agent/self.h"
#include "core/ring/path.h"
#include "core/text.h"
#include "sampler/sampler.h"

namespace virtscope {
namespace {

std::chrono::nanoseconds monotonic() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// The tick and the signal to stop are one wait: no handler, no flag, no race between them.
class StopSignals {
public:
    StopSignals() {
        ::sigemptyset(&set_);
        ::sigaddset(&set_, SIGTERM);
        ::sigaddset(&set_, SIGINT);
        ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    }
    // True if told to stop before `due`.
    bool wait_until(std::chrono::nanoseconds due) const {
        for (;;) {
            const auto left = std::max(due - monotonic(), std::chrono::nanoseconds::zero());
            const timespec timeout{.tv_sec = left.count() / 1'000'000'000, .tv_nsec = left.count() % 1'000'000'000};
            if (::sigtimedwait(&set_, nullptr, &timeout) > 0) return true;
            if (errno == EAGAIN && monotonic() >= due) return false;
        }
    }

private:
    sigset_t set_{};
};

// Descriptors are kept open per guest: the usual soft limit of 1,024 is for programs that use select().
void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) spdlog::warn("cannot raise the limit of open files");
}

// Readers are unprivileged, in group virtscope; a host without that group keeps the ring to root.
void give_to_readers(const std::string& path) {
    const group* const readers = ::getgrnam("virtscope");
    if (readers != nullptr && ::chown(path.c_str(), static_cast<uid_t>(-1), readers->gr_gid) != 0) {
        spdlog::warn("{}: cannot give it to group virtscope: {}", path, std::strerror(errno));
    }
}

// The default folder is ours to make; a folder that was named must exist, or a typing error would
// silently fill another disk.
void make_default_folder(const std::string& path) {
    if (path == system_ring_path) ::mkdir("/var/lib/virtscope", 0755);
}

// Logs what began and what ended since the last tick, not what goes on.
class ProblemLog {
public:
    void update(const std::vector<std::string>& problems) {
        if (problems == last_) return;
        for (const std::string& problem : problems) {
            if (std::ranges::find(last_, problem) == last_.end()) spdlog::warn("{}", printable(problem, 512));
        }
        if (problems.empty()) spdlog::info("all hypervisors answer again");
        last_ = problems;
    }

private:
    std::vector<std::string> last_;
};

class Loop {
public:
    Loop(const Config& config, std::unique_ptr<Sampler> sampler, RingWriter ring)
        : sampler_(std::move(sampler)), ring_(std::move(ring)), schedule_(monotonic(), config.interval) {
        counts_.interval = config.interval.count();
        pending_events_.push_back({EventKind::agent_started, {}, {}, "virtscoped " VIRTSCOPE_VERSION});
    }

    void tick() {
        const auto began = monotonic();
        counts_.lateness = schedule_.lateness(began).count();
        sampler_->sample(frame_);
        frame_.events.insert(frame_.events.begin(), pending_events_.begin(), pending_events_.end());
        pending_events_.clear();
        const SamplerCounts cost = sampler_->counts();
        counts_.questions = cost.questions;
        counts_.spared = cost.spared;
        self_.fill(counts_, frame_);
        publish();
        problems_.update(sampler_->problems());
        const auto ended = monotonic();
        counts_.last_duration = (ended - began).count();
        note_skipped(schedule_.advance(ended));
    }

    std::chrono::nanoseconds due() const { return schedule_.due(); }

private:
    void publish() {
        const auto published = ring_.publish(frame_);
        if (!published) {
            if (!publish_failing_) spdlog::error("{}", published.error().message);
            publish_failing_ = true;
            return;
        }
        if (publish_failing_) spdlog::info("frames are being published again");
        publish_failing_ = false;
        counts_.ring_bytes = ring_.bytes_written();
        if (++counts_.frames == 1) {
            ::sd_notify(0, "READY=1");
            spdlog::info("watching {} guests", frame_.roster->guests.size());
        }
        ::sd_notify(0, "WATCHDOG=1");
    }

    void note_skipped(std::uint64_t skipped) {
        if (skipped == 0) return;
        counts_.skipped += skipped;
        const std::string took = human_duration(counts_.last_duration);
        pending_events_.push_back({EventKind::ticks_skipped, {}, {}, fmt::format("{} (a tick took {})", skipped, took)});
        spdlog::warn("a tick took {}: {} skipped", took, skipped);
    }

    std::unique_ptr<Sampler> sampler_;
    RingWriter ring_;
    Schedule schedule_;
    SelfMetrics self_;
    TickCounts counts_;
    Frame frame_;
    std::vector<Event> pending_events_;  // of the agent itself, for the next frame
    ProblemLog problems_;
    bool publish_failing_ = false;
};

}  // namespace

Result<> run_agent(const Config& config) {
    const StopSignals stop;
    raise_descriptor_limit();
    auto sampler = Sampler::open({.uris = config.connect, .host = {}, .drivers = config.drivers});
    if (!sampler) return std::unexpected(sampler.error());
    const std::string path = ring_path(config.ring_file);
    make_default_folder(path);
    auto ring = RingWriter::open(path, config.ring_bytes);
    if (!ring) return std::unexpected(ring.error());
    give_to_readers(path);
    spdlog::info("ring {} ({}), every {}", path, human_bytes(config.ring_bytes), human_duration(config.interval.count()));

    Loop loop(config, std::move(*sampler), std::move(*ring));
    do {
        loop.tick();
    } while (!stop.wait_until(loop.due()));
    ::sd_notify(0, "STOPPING=1");
    spdlog::info("stopped");
    return {};
}

}  // namespace virtscope
