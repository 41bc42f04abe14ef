#include "core/history/series.h"

#include <algorithm>

#include "core/history/tracker.h"
#include "core/time_text.h"

namespace virtscope {
namespace {

class Building {
public:
    Building(const SeriesQuery& query, const TimeRange& range) : query_(query), step_(query.step.count()) {
        series_.range = range;
        series_.columns.resize(query.columns.size());
        for (const Column& column : query.columns) trackers_.emplace_back(column, query.guest);
        if (step_ != 0) lay_out();
    }

    void add(const Frame& frame) {
        const bool inside = frame.realtime >= series_.range.from && frame.realtime <= series_.range.to;
        const std::size_t at = inside ? place_of(frame) : 0;
        for (std::size_t c = 0; c < trackers_.size(); ++c) {
            const auto sample = trackers_[c].step(frame);
            if (inside && sample)
                add(series_.columns[c][at], *sample, frame.realtime - series_.times[at], query_.columns[c]);
        }
        if (inside) ++series_.frames;
    }

    Series take(std::uint64_t lost) {
        series_.lost = lost;
        for (const Tracker& tracker : trackers_) series_.met.push_back(tracker.met());
        return std::move(series_);
    }

private:
    void lay_out() {
        const auto [from, to] = series_.range;
        const std::int64_t count = std::max<std::int64_t>(1, (to - from - 1) / step_ + 1);
        for (std::int64_t i = 0; i < count; ++i) series_.times.push_back(from + i * step_);
        for (auto& points : series_.columns) points.resize(series_.times.size());
    }

    std::size_t place_of(const Frame& frame) {
        if (step_ != 0) {
            const std::int64_t at = std::max<std::int64_t>(0, frame.realtime - series_.range.from - 1) / step_;
            return std::min(static_cast<std::size_t>(at), series_.times.size() - 1);
        }
        series_.times.push_back(frame.realtime);
        for (auto& points : series_.columns) points.emplace_back();
        return series_.times.size() - 1;
    }

    void add(Point& point, const Sample& sample, std::int64_t into_step, const Column& column) const {
        const double inside = step_ == 0 ? sample.lasted : std::min(sample.lasted, static_cast<double>(into_step));
        point.add(sample.value, is_rate(column) ? std::max(1.0, inside) : 1.0, query_.keep_values);
    }

    const SeriesQuery& query_;
    const std::int64_t step_;
    Series series_;
    std::vector<Tracker> trackers_;
};

// Where to begin so that the first frame of the range has one before it.
std::int64_t with_one_before(RingReader& reader, std::int64_t from) {
    const auto before = reader.at(from - 1);
    return before ? (*before)->realtime : from;
}

// The range with its beginning on the grid of steps that begins where the query does; for a query without a
// beginning, on whole steps since the epoch.
TimeRange on_grid(const SeriesQuery& query, TimeRange held) {
    const std::int64_t step = query.step.count();
    if (step <= 0) return held;
    const bool open = query.range.from == TimeRange{}.from;
    const std::int64_t origin = open ? 0 : query.range.from;
    held.from = origin + (held.from - origin) / step * step;
    return held;
}

Result<> check(const SeriesQuery& query, const TimeRange& range) {
    const std::int64_t step = query.step.count();
    if (step < 0) return fail(ErrorKind::malformed, "a negative step");
    if (step == 0 || static_cast<std::uint64_t>((range.to - range.from) / step) < most_steps) return {};
    return fail(ErrorKind::malformed, "more than {} steps in that range: take a longer step", most_steps);
}

}  // namespace

Result<TimeRange> clip_to_ring(RingReader& reader, const TimeRange& range) {
    const auto oldest = reader.oldest();
    if (!oldest) return std::unexpected(oldest.error());
    const auto newest = reader.newest();
    if (!newest) return std::unexpected(newest.error());
    // A file may say anything: from 1970 on, so that differences of times fit as well.
    const std::int64_t begin = std::max<std::int64_t>(0, (*oldest)->realtime);
    const TimeRange held{.from = begin, .to = std::max(begin, (*newest)->realtime)};
    const TimeRange both{.from = std::max(range.from, held.from), .to = std::min(range.to, held.to)};
    if (both.from <= both.to) return both;
    return fail(ErrorKind::absent, "no frame in that range: the ring goes from {} to {}", local_time(held.from),
                local_time(held.to));
}

Result<Series> read_series(RingReader& reader, const SeriesQuery& query) {
    const auto held = clip_to_ring(reader, query.range);
    if (!held) return std::unexpected(held.error());
    const TimeRange range = on_grid(query, *held);
    if (auto good = check(query, range); !good) return std::unexpected(good.error());
    Building building(query, range);
    // Not from where the first step begins: frames of a ring's end that are half overwritten would count as lost.
    const Selection selection{.range = {.from = with_one_before(reader, held->from), .to = range.to},
                              .guest = query.guest};
    const auto lost = reader.scan(selection, [&building](const Frame& frame) {
        building.add(frame);
        return true;
    });
    if (!lost) return std::unexpected(lost.error());
    return building.take(*lost);
}

}  // namespace virtscope
