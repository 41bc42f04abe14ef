#include "exporters/rrd/stepper.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace virtscope::exporters::rrd {
namespace {

constexpr std::int64_t second = 1'000'000'000;
// The wall clock is slewed by a fraction of that; who sets it sets it by more.
constexpr std::int64_t clock_was_set = second;
// How long somebody who is gone is remembered, so that a step is known to be the next one.
constexpr std::uint64_t most_seldom = 300 * second;  // an interval of which steps in between are still made up
constexpr std::int64_t forget_after = 3600 * second;

}  // namespace

Stepper::Stepper(const Options& options, Layout layout, Filter filter)
    : options_(options), layout_(std::move(layout)), filter_(std::move(filter)), step_(options.step.count() * second) {}

void Stepper::forget_old(std::int64_t now) {
    std::erase_if(series_, [&](const auto& entry) {
        return !entry.second->listed && now - entry.second->last_listed > forget_after;
    });
}

void Stepper::change_roster(const Frame& frame) {
    for (Series* const series : listed_) {
        series->listed = false;
        series->last_listed = frame.realtime;
    }
    listed_.clear();
    roster_ = frame.roster;
    for (const PlannedFile& file : layout_.plan(Census(roster_, filter_))) {
        auto& series = series_[file.path];
        if (series) {
            series->plan(file);
        } else {
            series = std::make_unique<Series>(file);
        }
        listed_.push_back(series.get());
    }
    // Who was away takes up nothing.
    for (const auto& [path, series] : series_) {
        if (!series->listed) series->interrupt();
    }
    forget_old(frame.realtime);
}

std::int64_t Stepper::longest_gap(const Frame& frame) const {
    const auto interval = frame.get(0, AgentMetric::tick_interval).value_or(0);
    // An agent that samples seldom makes no gaps by that.
    const auto apart = static_cast<std::int64_t>(std::min<std::uint64_t>(interval, most_seldom)) * 5 / 2;
    return std::max(options_.heartbeat.count() * second, apart);
}

bool Stepper::interrupted(const Frame& frame) const {
    if (!last_) return false;
    if (frame.roster->host.boot_id != last_->position.boot_id) return true;
    const std::int64_t passed = frame.monotonic - last_->monotonic;
    const std::int64_t by_the_wall = frame.realtime - last_->realtime;
    return passed <= 0 || passed > longest_gap(frame) || std::abs(by_the_wall - passed) > clock_was_set;
}

void Stepper::interrupt() {
    for (const auto& [path, series] : series_) series->interrupt();
}

// A new process counts from zero, and may have come further than the old one.
void Stepper::restart_with_the_agent(const Frame& frame) {
    const auto start = frame.get(0, AgentMetric::start_time);
    if (!start || *start == std::exchange(agent_start_, *start)) return;
    for (Series* const series : listed_) {
        if (series->type().scope == Scope::Agent) series->interrupt();
    }
}

Step Stepper::close(const Frame& frame, std::int64_t boundary) {
    Step step{.end = boundary / second, .resume = before_last_};
    step.text.reserve(listed_.size() * 40);
    step.values.reserve(listed_.size());
    for (Series* const series : listed_) {
        const std::size_t begin = step.text.size();
        if (!series->close(frame, boundary, step.text)) {
            step.text.resize(begin);
            continue;
        }
        const bool anew = series->begins_anew(step.end, options_.step.count());
        step.values.push_back({.series = series, .anew = anew, .begin = begin, .length = step.text.size() - begin});
    }
    closed_ = boundary;
    return step;
}

void Stepper::read_gauges(const Frame& frame) {
    for (Series* const series : listed_) series->read_gauges(frame);
}

void Stepper::read_counters(const Frame& frame) {
    for (Series* const series : listed_) series->read_counters(frame);
}

// All steps that end up to `frame`, which comes after what was closed.
void Stepper::close_steps(const Frame& frame, bool continues, std::vector<Step>& steps) {
    const std::int64_t whole = frame.realtime - frame.realtime % step_;
    if (continues) {
        const std::int64_t from = std::max(closed_, last_->realtime);
        for (std::int64_t end = from - from % step_ + step_; end < frame.realtime; end += step_)
            steps.push_back(close(frame, end));
    }
    read_gauges(frame);
    if (whole == frame.realtime) {
        if (continues && whole > closed_) steps.push_back(close(frame, whole));
        for (Series* const series : listed_) series->begin_step();
    }
    closed_ = std::max(closed_, whole);
    read_counters(frame);
}

std::vector<Step> Stepper::take(const Frame& frame) {
    std::vector<Step> steps;
    const bool seam = interrupted(frame);
    if (frame.roster != roster_) change_roster(frame);
    restart_with_the_agent(frame);
    if (seam) interrupt();
    if (frame.realtime > closed_) {
        close_steps(frame, last_ && !seam, steps);
    } else {
        ++past_;
        interrupt();
    }
    before_last_ = last_ ? std::optional(last_->position) : std::nullopt;
    last_ = {.realtime = frame.realtime, .monotonic = frame.monotonic, .position = position_of(frame)};
    return steps;
}

std::vector<std::string> Stepper::listed_paths() const {
    std::vector<std::string> paths;
    paths.reserve(listed_.size());
    for (const Series* const series : listed_) paths.push_back(series->path());
    return paths;
}

}  // namespace virtscope::exporters::rrd
