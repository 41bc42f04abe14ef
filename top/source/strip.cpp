#include "top/source/strip.h"

#include <algorithm>
#include <cmath>

namespace virtscope::top {
namespace {

// A frame that comes later than this is not what follows, but what there is after a gap: as core/freshness has it.
std::int64_t longest_tick(const Frame& shown) {
    constexpr std::uint64_t second = 1'000'000'000;
    constexpr std::uint64_t hour = 3600 * second;
    const std::uint64_t tick = shown.get(0, AgentMetric::tick_interval).value_or(second);
    return static_cast<std::int64_t>(2 * std::min(tick, hour) + second);
}

bool is_latency(Figure figure) { return figure == Figure::read_latency || figure == Figure::write_latency; }

// A mean latency is one of operations, any other mean one over time.
double weight_of(const Reading& reading, Figure figure, std::int64_t overlap) {
    const auto time = static_cast<double>(overlap);
    if (!is_latency(figure)) return time;
    return time *
           static_cast<double>(reading.of(figure == Figure::read_latency ? Figure::read_ops : Figure::write_ops));
}

// Means over the steps of a grid.
class Plot {
public:
    Plot(std::int64_t from, std::int64_t step, std::size_t steps) : from_(from), step_(step), sums_(steps) {}

    void add(const Reading& reading) {
        for (std::size_t f = 0; f < figure_count; ++f) {
            const double value = static_cast<double>(reading.values[f]);
            if (std::isnan(value)) continue;
            highest_[f] = std::max(highest_[f].value_or(value), value);
        }
        const std::int64_t begin = std::max(reading.realtime - reading.reach, from_);
        for (std::size_t at = place(begin); at < sums_.size(); ++at) {
            const std::int64_t left = from_ + static_cast<std::int64_t>(at) * step_;
            const std::int64_t overlap = std::min(reading.realtime, left + step_) - std::max(begin, left);
            if (overlap <= 0) break;
            add(sums_[at], reading, overlap);
        }
    }

    Curve take(std::size_t figure) const {
        Curve curve{.values = {}, .highest = highest_[figure], .newest = {}};
        curve.values.reserve(sums_.size());
        for (const Step& step : sums_) {
            const bool known = step.weights[figure] > 0;
            curve.values.push_back(known ? std::optional(step.totals[figure] / step.weights[figure]) : std::nullopt);
        }
        return curve;
    }

private:
    struct Step {
        std::array<double, figure_count> totals{}, weights{};
    };

    std::size_t place(std::int64_t time) const { return static_cast<std::size_t>((time - from_) / step_); }

    static void add(Step& step, const Reading& reading, std::int64_t overlap) {
        for (std::size_t f = 0; f < figure_count; ++f) {
            const double value = static_cast<double>(reading.values[f]);
            if (std::isnan(value)) continue;
            const double weight = weight_of(reading, static_cast<Figure>(f), overlap);
            step.totals[f] += value * weight;
            step.weights[f] += weight;
        }
    }

    std::int64_t from_;
    std::int64_t step_;
    std::vector<Step> sums_;
    std::array<std::optional<double>, figure_count> highest_{};
};

}  // namespace

// Whether what is missing lies behind what there is, and near enough.
bool Strip::leads_on(const Frame& shown, std::int64_t begin) const {
    if (sequence_ == 0 || begin < from_ || begin > to_) return false;
    // Where the two disagree the clock was set, or the frames are numbered anew.
    return (shown.sequence > sequence_) == (shown.realtime > to_);
}

void Strip::forget() {
    readings_.clear();
    meter_ = Meter(guest_);
    sequence_ = 0;
}

Result<> Strip::cover(RingReader& reader, const Frame& shown, std::int64_t span) {
    const std::int64_t begin = shown.realtime - span;
    if (leads_on(shown, begin)) {
        if (shown.sequence <= sequence_) return {};
        from_ = std::max(from_, begin - span);
        return read(reader, shown, to_);
    }
    forget();
    // Somewhat more than is wanted, so that a step back in time finds it here. The first rate needs a frame before.
    from_ = begin - span / 2 - longest_tick(shown);
    return read(reader, shown, from_);
}

Result<> Strip::read(RingReader& reader, const Frame& shown, std::int64_t from) {
    const std::int64_t longest = longest_tick(shown);
    const Selection selection{
        .range = {.from = from, .to = shown.realtime}, .guest = guest_, .host_only = !guest_.has_value()};
    const auto lost = reader.scan(selection, [&](const Frame& frame) {
        if (frame.sequence > sequence_) readings_.push_back(meter_.read(frame, longest));
        return frame.sequence < shown.sequence;
    });
    if (!lost) {
        forget();
        return std::unexpected(lost.error());
    }
    sequence_ = shown.sequence;
    to_ = shown.realtime;
    while (readings_.size() > 1 && readings_.front().realtime < from_) readings_.pop_front();
    return {};
}

Curves Strip::curves(const Frame& shown, std::int64_t span, std::size_t steps) const {
    const std::int64_t step =
        std::max<std::int64_t>(1, span / static_cast<std::int64_t>(std::max<std::size_t>(steps, 1)));
    Curves curves;
    curves.to = (shown.realtime + step - 1) / step * step;
    curves.from = curves.to - step * static_cast<std::int64_t>(steps);
    Plot plot(curves.from, step, steps);
    const Reading* newest = nullptr;
    for (const Reading& reading : readings_) {
        if (reading.sequence > shown.sequence) break;
        if (reading.realtime <= curves.from) continue;
        plot.add(reading);
        newest = &reading;
    }
    for (std::size_t f = 0; f < figure_count; ++f) {
        curves.curves[f] = plot.take(f);
        if (newest == nullptr || newest->sequence != shown.sequence || std::isnan(newest->values[f])) continue;
        curves.curves[f].newest = static_cast<double>(newest->values[f]);
    }
    return curves;
}

}  // namespace virtscope::top
