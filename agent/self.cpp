#include "agent/self.h"

#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <unistd.h>

#include "core/clock.h"
#include "core/fd.h"

namespace virtscope {
namespace {

// "RssAnon:\t    5824 kB" in /proc/self/status.
std::optional<std::uint64_t> private_bytes() {
    constexpr std::string_view key = "RssAnon:";
    const Fd fd(::open("/proc/self/status", O_RDONLY | O_CLOEXEC));
    char text[4096];
    const ssize_t got = fd ? ::read(fd.get(), text, sizeof text) : -1;
    if (got <= 0) return std::nullopt;
    std::string_view rest(text, static_cast<std::size_t>(got));
    const std::size_t at = rest.find(key);
    if (at == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(at + key.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    std::uint64_t kib = 0;
    if (std::from_chars(rest.data(), rest.data() + rest.size(), kib).ec != std::errc{}) return std::nullopt;
    return kib * 1024;
}

std::uint64_t stale_guests(const Frame& frame) {
    std::uint64_t stale = 0;
    for (std::size_t row = 0; row < frame.roster->guests.size(); ++row) {
        stale += frame.get(row, GuestMetric::stale).value_or(0) != 0 ? 1 : 0;
    }
    return stale;
}

std::uint64_t cell(std::int64_t value) { return value < 0 ? 0 : static_cast<std::uint64_t>(value); }

}  // namespace

SelfMetrics::SelfMetrics() : started_(clock_ns(CLOCK_REALTIME)) {}

void SelfMetrics::fill(const TickCounts& counts, Frame& frame) const {
    frame.set(0, AgentMetric::tick_interval, cell(counts.interval));
    if (counts.frames > 0) frame.set(0, AgentMetric::tick_duration, cell(counts.last_duration));
    frame.set(0, AgentMetric::tick_lateness, cell(counts.lateness));
    frame.set(0, AgentMetric::ticks_skipped, counts.skipped);
    frame.set(0, AgentMetric::guests, frame.roster->guests.size());
    frame.set(0, AgentMetric::guests_stale, stale_guests(frame));
    frame.set(0, AgentMetric::monitor_questions, counts.questions);
    frame.set(0, AgentMetric::monitor_spared, counts.spared);
    frame.set(0, AgentMetric::frames, counts.frames);
    frame.set(0, AgentMetric::ring_bytes, counts.ring_bytes);
    frame.set(0, AgentMetric::ring_in_memory, counts.in_memory ? 1 : 0);
    frame.set(0, AgentMetric::cpu_time, cell(clock_ns(CLOCK_PROCESS_CPUTIME_ID)));
    frame.set(0, AgentMetric::start_time, cell(started_));
    if (const auto bytes = private_bytes()) frame.set(0, AgentMetric::memory_private, *bytes);
}

}  // namespace virtscope
