#include "agent/loop.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>

#include "agent/stop_signals.h"
#include "core/text.h"

namespace virtscope {

Loop::Loop(std::chrono::nanoseconds interval, std::unique_ptr<Sampler> sampler, Store store,
           std::unique_ptr<control::Office> office)
    : sampler_(std::move(sampler)),
      store_(std::move(store)),
      office_(std::move(office)),
      schedule_(monotonic_now(), interval) {
    counts_.interval = interval.count();
    pending_events_.push_back({EventKind::agent_started, {}, {}, "virtscoped " VIRTSCOPE_VERSION});
    take_store_events();
}

void Loop::tick() {
    const auto began = monotonic_now();
    counts_.lateness = schedule_.lateness(began).count();
    sampler_->sample(frame_);
    if (office_) {
        for (Event& event : office_->take_events()) pending_events_.push_back(std::move(event));
    }
    frame_.events.insert(frame_.events.begin(), pending_events_.begin(), pending_events_.end());
    const SamplerCounts cost = sampler_->counts();
    counts_.questions = cost.questions;
    counts_.spared = cost.spared;
    self_.fill(counts_, frame_);
    publish();
    tell_office();
    take_store_events();
    log_problems();
    const auto ended = monotonic_now();
    counts_.last_duration = (ended - began).count();
    note_skipped(schedule_.advance(ended));
    store_.wake_readers();
}

void Loop::publish() {
    const auto published = store_.publish(frame_);
    if (!published) {
        if (!publish_failing_) spdlog::error("{}", published.error().message);
        publish_failing_ = true;
        return;
    }
    pending_events_.clear();
    if (publish_failing_) spdlog::info("frames are being published again");
    publish_failing_ = false;
    counts_.ring_bytes = store_.bytes_written();
    if (++counts_.frames == 1) {
        ::sd_notify(0, "READY=1");
        spdlog::info("watching {} guests", frame_.roster->guests.size());
    }
    ::sd_notify(0, "WATCHDOG=1");
}

// Orders name guests: what names there are, and who serves them, changes seldom.
void Loop::tell_office() {
    if (!office_) return;
    std::vector<GuestState> states(frame_.roster->guests.size());
    for (std::size_t row = 0; row < states.size(); ++row) {
        states[row] = state_of(frame_.get(row, GuestMetric::state).value_or(0));
    }
    if (frame_.roster == told_roster_ && states == told_states_) return;
    std::vector<std::size_t> hand_of(states.size());
    for (std::size_t row = 0; row < hand_of.size(); ++row) hand_of[row] = sampler_->hand_of(row);
    office_->directory().replace({frame_.roster, states, std::move(hand_of), sampler_->hands()});
    told_roster_ = frame_.roster;
    told_states_ = std::move(states);
}

// Said at once in the log; readers find it in the next frame.
void Loop::take_store_events() {
    for (Event& event : store_.take_events()) {
        event.kind == EventKind::ring_in_memory ? spdlog::error("{}", event.text) : spdlog::warn("{}", event.text);
        pending_events_.push_back(std::move(event));
    }
    counts_.in_memory = store_.is_in_memory();
}

void Loop::note_skipped(std::uint64_t skipped) {
    if (skipped == 0) return;
    counts_.skipped += skipped;
    const std::string took = human_duration(counts_.last_duration);
    pending_events_.push_back({EventKind::ticks_skipped, {}, {}, fmt::format("{} (a tick took {})", skipped, took)});
    spdlog::warn("a tick took {}: {} skipped", took, skipped);
}

void Loop::log_problems() {
    const std::vector<std::string>& now = sampler_->problems();
    if (now == problems_) return;
    for (const std::string& problem : now) {
        if (std::ranges::find(problems_, problem) == problems_.end()) spdlog::warn("{}", printable(problem, 512));
    }
    if (now.empty()) spdlog::info("all hypervisors answer again");
    problems_ = now;
}

}  // namespace virtscope
