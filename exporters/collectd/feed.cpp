#include "exporters/collectd/feed.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "core/clock.h"
#include "core/ring/path.h"
#include "core/text.h"
#include "exporters/base/silence.h"
#include "exporters/collectd/identifier.h"
#include "exporters/collectd/notices.h"
#include "exporters/collectd/own_values.h"
#include "exporters/collectd/values.h"

namespace virtscope::exporters::collectd {
namespace {

using namespace std::chrono_literals;

// collectd writes with several threads, each taking the next value of a queue: two of one series must not stand in it
// next to each other, or the later one may be written first, and the other one is lost.
constexpr std::chrono::nanoseconds between_frames = 10ms;
constexpr std::int64_t most_frames_a_read = 100;          // a second: whoever ends collectd waits for no longer
constexpr std::uint64_t most_samples_a_read = 200'000;  // what collectd's queue holds meanwhile: some 150 MiB

}  // namespace

Feed::Feed(Options options, Filter filter, std::string hostname, std::chrono::nanoseconds interval, Place place)
    : options_(std::move(options)),
      filter_(std::move(filter)),
      hostname_(std::move(hostname)),
      interval_(std::max<std::int64_t>(interval.count(), 1)),
      place_(place) {}

void Feed::read(Sink& sink) {
    const std::int64_t began = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    if (!cursor_) begin(sink);
    frames_sent_ = samples_sent_ = 0;
    now_ = read_now();
    const auto progress = cursor_->advance([&](const Frame& frame) { return visit(frame, sink); });
    all_samples_ += samples_sent_;
    if (!progress) ++errors_;
    tell_presence(progress, sink);
    save(sink);
    cpu_ += clock_ns(CLOCK_THREAD_CPUTIME_ID) - began;
    tell_own(sink);
}

void Feed::begin(Sink& sink) {
    if (!options_.state_file.empty()) {
        auto loaded = load_position(options_.state_file);
        if (loaded) saved_ = std::move(*loaded);
        else complain(loaded.error().message, sink);
    }
    cursor_.emplace(ring_path(options_.ring), saved_, Begin::newest);
}

bool Feed::visit(const Frame& frame, Sink& sink) {
    if (has_had_enough()) return false;
    if (!is_too_old(frame)) {
        plan_for(frame.roster, sink);
        send_events(frame, {*plan_, options_, filter_, hostname_}, sink);
        if (is_due(frame)) send_values_of(frame, sink);
    }
    copy_head(frame, newest_);
    return true;
}

void Feed::send_values_of(const Frame& frame, Sink& sink) {
    if (frames_sent_ > 0) std::this_thread::sleep_for(between_frames);
    auto copy = std::make_shared<const Frame>(frame);
    const FramePair pair(sent_, copy);
    samples_sent_ += send_values(pair, *plan_, options_, filter_, interval_of(frame), sink);
    if (options_.persistent_notification) send_states(frame, {*plan_, options_, filter_, hostname_}, sink);
    sent_ = std::move(copy);
    ++frames_sent_;
}

void Feed::plan_for(const RosterPtr& roster, Sink& sink) {
    if (plan_ && plan_->roster() == roster) return;
    std::vector<std::string> told;
    if (plan_) told = plan_->notes();
    plan_.emplace(roster, filter_, options_, hostname_);
    for (const std::string& note : plan_->notes()) {
        if (std::ranges::find(told, note) == told.end()) sink.say(Level::notice, note);
    }
}

// Ticks come a little early and late. Where each is wanted that does not matter, nor what collectd's clock rounds; else the
// one nearest to the interval's end is.
bool Feed::is_due(const Frame& frame) const {
    if (!sent_ || sent_->roster->host.boot_id != frame.roster->host.boot_id) return true;
    const auto tick = static_cast<std::int64_t>(frame.get(0, AgentMetric::tick_interval).value_or(0));
    if (interval_ <= tick + tick / 100) return true;
    return frame.monotonic - sent_->monotonic >= interval_ - tick / 2;
}

bool Feed::is_too_old(const Frame& frame) const {
    // What is there when we come without having been there before is of now, whatever its age.
    if (!saved_ && !newest_) return false;
    const auto age = age_of(frame, now_);
    return age && *age > std::chrono::nanoseconds(interval_) + options_.back_fill;
}

bool Feed::has_had_enough() const {
    const auto most = std::clamp<std::int64_t>(interval_ / 2 / between_frames.count(), 2, most_frames_a_read);
    return frames_sent_ >= static_cast<std::uint64_t>(most) ||
           (frames_sent_ > 1 && samples_sent_ >= most_samples_a_read);
}

std::int64_t Feed::interval_of(const Frame& frame) const {
    return std::max(interval_, static_cast<std::int64_t>(frame.get(0, AgentMetric::tick_interval).value_or(0)));
}

void Feed::tell_presence(const Result<Progress>& progress, Sink& sink) {
    if (frames_sent_ > 1) now_ = read_now();  // they took their time
    const bool behind = has_had_enough();     // there is more, so it says nothing of the agent
    const bool live = progress && (cursor_->is_recording() || behind || (newest_ && is_live(*newest_, now_)));
    if (live != is_away_) return;
    is_away_ = !live;
    const std::string ring = printable(ring_path(options_.ring), 100);
    const std::string why = progress ? ring + ": no new sample" : printable(progress.error().message, 150);
    const std::string message = live ? ring + ": new samples again" : why + "; does virtscoped run?";
    const std::string host = field(hostname_);
    sink.send(Notification{.severity = live ? Severity::okay : Severity::failure,
                           .time = now_.realtime,
                           .host = host,
                           .plugin = options_.plugin,
                           .plugin_instance = {},
                           .type = "agent",
                           .message = message});
}

// Once in each interval of the clock, with its beginning as the time: reads come a little early and late, and RRDs take
// one value a second. That in which we began may have been told of before a restart.
void Feed::tell_own(Sink& sink) {
    if (!options_.selected().has(Extra::exporter)) return;
    const std::int64_t turn = now_.realtime / interval_;
    const std::int64_t before = own_turn_;
    own_turn_ = std::max(turn, before);
    if (before == 0 || turn <= before) return;
    Tally tally{.frames = cursor_->frames(), .lost = cursor_->lost(), .errors = errors_, .lag = {}};
    if (!is_away_ && newest_) tally.lag = std::max<std::int64_t>(0, now_.realtime - newest_->realtime);
    const OwnValues own{.host = hostname_,
                        .exporter = place_.exporter,
                        .time = turn * interval_,
                        .interval = interval_,
                        .samples = all_samples_,
                        .cpu = place_.own_process ? std::nullopt : std::optional(cpu_)};
    send_own(own, tally, filter_, sink);
}

void Feed::save(Sink& sink) {
    const auto& position = cursor_->position();
    if (options_.state_file.empty() || !position || position == saved_) return;
    if (auto written = save_position(options_.state_file, *position); !written) {
        ++errors_;
        complain(written.error().message, sink);
    } else {
        saved_ = position;
        complaint_.clear();
    }
}

// Once, not each interval.
void Feed::complain(const std::string& what, Sink& sink) {
    if (what == complaint_) return;
    complaint_ = what;
    sink.say(Level::warning, printable(what, 500));
}

}  // namespace virtscope::exporters::collectd
