#include "drivers/qemu/schedule.h"

#include <algorithm>

namespace virtscope::qemu {
namespace {

// A part of `whole` that depends on the guest and on what it is for.
Clock::duration phase(Clock::duration whole, std::uint64_t seed, unsigned which) {
    const std::uint64_t mixed = (seed + which * 0x9e3779b97f4a7c15ULL) * 0xbf58476d1ce4e5b9ULL;
    return whole * static_cast<long>(mixed >> 54) / 1024;
}

constexpr unsigned longest_skip = 7;

}  // namespace

Schedule::Schedule(std::uint64_t seed, const DriverOptions& options)
    : slow_interval_(options.slow_interval), probe_interval_(options.probe_interval) {
    const auto now = Clock::now();
    constexpr auto never = Clock::time_point::max();
    probe_ = now + phase(probe_interval_, seed, 0);
    const auto first = [&](unsigned which) { return now + phase(slow_interval_, seed, which); };
    slow_ = {Slow{Command::balloon, first(1)}, Slow{Command::vcpu_stats, first(2)}, Slow{Command::block, first(3)},
             Slow{Command::guest_stats, options.balloon_polling.count() > 0 ? first(4) : never}};
    find_next();
}

void Schedule::find_next() { next_slow_ = std::ranges::min(slow_, {}, &Slow::due).due; }

// Keeps its phase, so that guests stay spread; after a long pause it starts from now.
void Schedule::probed(Clock::time_point now) {
    if (now < probe_) return;
    probe_ = std::max(probe_ + probe_interval_, now + probe_interval_ / 2);
}

std::optional<Command> Schedule::take_slow(Clock::time_point time, bool held, const Proof& proof, const Witness& now,
                                           const MonitorFacts& facts, bool kvm) {
    for (Slow& slow : slow_) {
        if (time < slow.due) continue;
        slow.due = std::max(slow.due + slow_interval_, time + slow_interval_ / 2);
        const bool of_vcpus = slow.command == Command::vcpu_stats;
        const bool possible = !facts.refused[static_cast<std::size_t>(slow.command)] && (kvm || !of_vcpus);
        const bool same = of_vcpus ? now.usable && vcpus_ == now.vcpus : held && slow.epoch == proof.epoch;
        find_next();
        if (!possible || same) continue;
        slow.epoch = 0;
        return slow.command;
    }
    return std::nullopt;
}

void Schedule::settled(Command command, const Proof& proof) {
    for (Slow& slow : slow_) {
        if (slow.command == command) slow.epoch = proof.epoch;
    }
}

bool Schedule::try_settle() {
    if (skip_ == 0) return true;
    --skip_;
    return false;
}

void Schedule::settle_result(bool settled) {
    paid_ = false;
    if (!settled) settling_failed();
}

void Schedule::settling_failed() {
    ++failures_;
    if (failures_ > 1) skip_ = std::min((1U << std::min(failures_ - 1, 3U)) - 1, longest_skip);
}

void Schedule::spared() {
    paid_ = true;
    failures_ = 0;
    skip_ = 0;
}

void Schedule::woke() {
    if (!paid_) settling_failed();
    paid_ = false;
}

}  // namespace virtscope::qemu
