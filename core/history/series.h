// Series: values over a stretch of the ring, step by step. The one place where views, checks and
// exporters get anything that is about more than two frames.
//
//     const auto window = read_series(reader, {.guest = uuid, .range = {now - minutes(5), now},
//                                              .columns = {cpu_time}, .keep_values = true});
//     const Point all = summarize(window->columns[0]);   // all.average(), all.max, all.percentile(95)
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/history/column.h"
#include "core/history/point.h"
#include "core/result.h"
#include "core/ring/reader.h"

namespace virtscope {

inline constexpr std::uint64_t most_steps = 100'000;

struct SeriesQuery {
    std::optional<Uuid> guest;         // none: the host, with the agent and sums over all guests
    TimeRange range;                   // what the ring does not reach is left off
    std::chrono::nanoseconds step{0};  // 0: a point for each frame (that has the guest in it)
    std::vector<Column> columns;
    bool keep_values = false;  // for percentiles; costs 8 bytes a reading
};

struct Series {
    TimeRange range;                          // of the query, as far as the ring reaches (by whole steps)
    std::vector<std::int64_t> times;          // realtime ns: when each step begins, or when each frame was taken
    std::vector<std::vector<Point>> columns;  // as in the query; each has a point for each of `times`
    std::vector<bool> met;                    // for each column: some frame had a row for it, known or not
    std::uint64_t frames = 0;                 // that had a part in it
    std::uint64_t lost = 0;                   // that could not be read
};

// A reading at time t belongs to the step with begin < t <= begin + step, for a rate is about the time
// before it; of a rate over a longer stretch only what lies inside the step has weight. The first rate
// needs the reading before the range: it is looked for. Unless values are kept or the step is 0, memory is
// bounded by the number of steps.
// Errors: those of RingReader; absent where the ring has no frame in the range; malformed for more than
// most_steps steps or a negative one.
Result<Series> read_series(RingReader& reader, const SeriesQuery& query);

// As far as the ring reaches. Errors: as above.
Result<TimeRange> clip_to_ring(RingReader& reader, const TimeRange& range);

}  // namespace virtscope
