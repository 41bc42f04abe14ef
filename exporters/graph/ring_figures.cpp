#include <algorithm>

#include "core/history/series.h"
#include "exporters/graph/figures.h"
#include "exporters/graph/scratch.h"
#include "exporters/graph/words.h"

namespace virtscope::exporters::graph {
namespace {

constexpr std::int64_t second = 1'000'000'000;

class RingFigures final : public Figures {
public:
    RingFigures(RingReader& reader, const Subject& subject, const TimeRange& range, std::chrono::seconds step)
        : reader_(reader), subject_(subject), range_(range), step_(step) {}

    // Those of the last frame in which the guest is.
    Result<std::vector<std::string>> instances(Scope scope) override {
        std::vector<std::string> names;
        const auto lost = reader_.scan({.range = range_, .guest = subject_.uuid, .host_only = !subject_.uuid},
                                       [&](const Frame& frame) {
                                           if (frame.roster == seen_) return true;
                                           seen_ = frame.roster;
                                           names.clear();
                                           const auto& listed = seen_->instances(scope);
                                           for (const RosterInstance& each : listed) {
                                               if (!subject_.uuid || seen_->guests[each.guest].uuid == *subject_.uuid)
                                                   names.push_back(each.name);
                                           }
                                           return true;
                                       });
        seen_.reset();
        if (!lost) return std::unexpected(lost.error());
        return names;
    }

    Result<Defined> define(const std::vector<Quantity>& quantities) override {
        SeriesQuery query{.guest = subject_.uuid, .range = range_, .step = step_, .columns = {}};
        query.columns.reserve(quantities.size());
        for (const Quantity& quantity : quantities) query.columns.push_back(quantity.column);
        const auto series = read_series(reader_, query);
        if (!series) return std::unexpected(series.error());
        if (auto written = write(*series); !written) return std::unexpected(written.error());
        Defined defined;
        for (std::size_t c = 0; c < quantities.size(); ++c) {
            const std::string& name = quantities[c].name;
            defined.arguments.push_back(fmt::format("DEF:{}={}:a{}:AVERAGE", name, escaped(scratch_.path()), c));
            defined.arguments.push_back(fmt::format("DEF:{}_max={}:m{}:AVERAGE", name, escaped(scratch_.path()), c));
            if (std::ranges::none_of(series->columns[c], &Point::known)) defined.unknown.push_back(name);
        }
        return defined;
    }

private:
    Result<> write(const Series& series) {
        const std::size_t count = series.columns.size();
        std::vector<std::string> sources;
        for (std::size_t c = 0; c < count; ++c) {
            sources.push_back(fmt::format("a{}", c));
            sources.push_back(fmt::format("m{}", c));
        }
        const std::int64_t begin = series.times.empty() ? 0 : series.times.front() / second;
        auto scratch = Scratch::make(sources, begin, step_, series.times.size() + 1);
        if (!scratch) return std::unexpected(scratch.error());
        scratch_ = std::move(*scratch);
        for (std::size_t t = 0; t < series.times.size(); ++t) {
            std::vector<std::optional<double>> values;
            for (const auto& points : series.columns) {
                values.push_back(points[t].average());
                values.push_back(points[t].known() ? std::optional(points[t].max) : std::nullopt);
            }
            scratch_.add(series.times[t] / second + step_.count(), values);
        }
        return scratch_.write();
    }

    RingReader& reader_;
    Subject subject_;
    TimeRange range_;
    std::chrono::seconds step_;
    Scratch scratch_;
    RosterPtr seen_;
};

}  // namespace

std::unique_ptr<Figures> figures_of_ring(RingReader& reader, const Subject& subject, const TimeRange& range,
                                         std::chrono::seconds step) {
    return std::make_unique<RingFigures>(reader, subject, range, step);
}

}  // namespace virtscope::exporters::graph
