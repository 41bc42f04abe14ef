#include "exporters/rrd/session.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/clock.h"
#include "exporters/base/complain.h"
#include "exporters/base/exit_codes.h"
#include "exporters/rrd/sweep.h"

namespace virtscope::exporters::rrd {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t save_each = 5 * second;
constexpr std::int64_t sweep_each = 3600 * second;
constexpr int go_on = -1;

std::int64_t now() { return clock_ns(CLOCK_MONOTONIC); }

std::vector<OwnMetric> metrics_of(const Tally& tally, std::uint64_t updates, std::uint64_t dropped) {
    auto metrics = own_metrics(tally);
    const auto add = [&](std::string_view name, std::string_view help, std::uint64_t count) {
        metrics.push_back({name, "", help, Kind::counter, static_cast<double>(count)});
    };
    add("virt_exporter_updates_total", "Updates of files that were written", updates);
    add("virt_exporter_updates_dropped_total", "Updates of files that cannot be written", dropped);
    return metrics;
}

}  // namespace

Session::Session(const Options& options, const Common& common, Store& store, const std::optional<Position>& exported)
    : options_(options),
      ring_(common.ring),
      store_(store),
      own_(options.layout.collectd, common.filter, options.step, metrics_of({.lag = 0}, 0, 0)),
      maker_(store, {options.step, options.heartbeat, options.archives}),
      outbox_(store, maker_, options.folder, options.step),
      stepper_({.step = options.step, .heartbeat = options.heartbeat}, Layout(options.layout, common.filter),
               common.filter),
      // RRDs take the past as well as the present: all that there is.
      cursor_(common.ring, exported, Begin::oldest),
      saved_(exported),
      silence_(common.ring) {}

// Whether there is no more to be had of this: the folder holds something else.
bool Session::trouble(const Error& error) {
    ++errors_;
    if (error.kind == ErrorKind::malformed) {
        complain(error.message);
        over_ = exit_no_way;
        return true;
    }
    store_trouble_.met(error.message + "; values stay in the ring until it is well");
    return false;
}

bool Session::deliver() {
    if (auto settled = outbox_.settle(); !settled) {
        trouble(settled.error());
        return false;
    }
    for (; delivered_ < pending_.size(); ++delivered_) {
        if (auto sent = outbox_.send(pending_[delivered_]); !sent) {
            // Files are being made: no trouble, it only takes its time.
            if (sent.error().kind != ErrorKind::busy) trouble(sent.error());
            return false;
        }
        store_trouble_.over("values are written");
        resume_ = pending_[delivered_].resume;
    }
    pending_.clear();
    delivered_ = 0;
    return true;
}

void Session::save(bool at_once) {
    if (!resume_ || !outbox_.holds_nothing() || saved_ == resume_) return;
    if (!at_once && now() - saved_at_ < save_each) return;
    saved_at_ = now();
    Position kept = *resume_;
    kept.form = words_of(options_.layout);
    if (auto done = save_position(options_.position, kept); !done) {
        ++errors_;
        position_trouble_.met(done.error().message + "; after a restart it will be compared what is there already");
        return;
    }
    position_trouble_.over("the position can be saved");
    saved_ = resume_;
}

int Session::follow() {
    const auto progress = cursor_.advance([this](const Frame& frame) {
        if (!deliver()) return false;
        silence_.heard(frame);
        pending_ = stepper_.take(frame);
        for (Step& step : pending_) own_.add_to(step, frame.roster->host.name, own(frame));
        return true;
    });
    if (progress) {
        ring_trouble_.over();
        if (progress->lost > 0)
            complain(
                fmt::format("{} frames were overwritten or damaged before they could be exported", progress->lost));
        return go_on;
    }
    return ring_trouble_.ends(progress.error()) ? exit_no_ring : go_on;
}

std::vector<OwnMetric> Session::own(const Frame& frame) const {
    Tally tally{.frames = cursor_.frames(), .lost = cursor_.lost(), .errors = errors_, .lag = {}};
    if (!cursor_.is_recording()) tally.lag = std::max<std::int64_t>(0, clock_ns(CLOCK_REALTIME) - frame.realtime);
    return metrics_of(tally, outbox_.updates(), outbox_.dropped());
}

void Session::sweep_now_and_then() {
    if (!options_.keep_gone || (swept_at_ != 0 && now() - swept_at_ < sweep_each)) return;
    const auto paths = stepper_.listed_paths();
    if (paths.empty()) return;  // nobody has been seen yet
    swept_at_ = now();
    Sweeping sweeping{.folder = options_.folder,
                      .collectd = options_.layout.collectd,
                      .keep = *options_.keep_gone,
                      .listed = {paths.begin(), paths.end()}};
    maker_.order([this, sweeping = std::move(sweeping)] {
        if (const std::size_t gone = sweep(sweeping, store_); gone > 0)
            complain(fmt::format("removed {} files that nothing was written to for {} days", gone,
                                 sweeping.keep.count() / 86400));
    });
}

int Session::step() {
    if (const int code = follow(); code != go_on) return code;
    const bool delivered = deliver();
    if (over_) return *over_;
    save(false);
    sweep_now_and_then();
    const bool at_end = cursor_.is_recording() && delivered && outbox_.holds_nothing();
    return at_end ? exit_stopped : go_on;
}

int Session::finish() const {
    complain(fmt::format(
        "{} updates of {} frames written, {} dropped, {} frames lost, {} of a time that was there before",
        outbox_.updates(), cursor_.frames(), outbox_.dropped(), cursor_.lost(), stepper_.frames_in_the_past()));
    return exit_stopped;
}

int Session::run(const Signals& signals) {
    for (;;) {
        if (const int code = step(); code != go_on) {
            save(true);
            return code == exit_stopped ? finish() : code;
        }
        Told told = signals.told();
        if (told == Told::nothing) {
            if (store_trouble_.lasts()) {
                told = signals.wait(1s);
            } else if (!pending_.empty() || !outbox_.holds_nothing()) {
                told = signals.wait(50ms);
            } else {
                if (!cursor_.wait(500ms) && !ring_trouble_.lasts()) silence_.look();
                told = signals.told();
            }
        }
        if (told == Told::stop) {
            save(true);
            return finish();
        }
    }
}

}  // namespace virtscope::exporters::rrd
