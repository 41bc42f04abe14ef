#include "exporters/remote_write/stream.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "exporters/remote_write/wire.h"

namespace virtscope::exporters::remote_write {
namespace {

constexpr std::uint64_t one = bits_of(1);
constexpr std::uint64_t zero = bits_of(0);

void put(const NamedSeries& series, const RowText& row, std::uint64_t bits, const Stream::Sink& sink) {
    sink(std::array<std::string_view, 3>{series.name, row.before, row.after}, bits);
}

void put_states(const NamedSeries& series, const RowText& row, std::size_t now, const Stream::Sink& sink) {
    for (std::size_t s = 0; s < series.states.size(); ++s) {
        sink(std::array<std::string_view, 4>{series.name, row.before, series.states[s], row.after},
             s == now ? one : zero);
    }
}

void end(const NamedSeries& series, const RowText& row, const Stream::Sink& sink) {
    if (series.name.empty()) return;
    if (series.states.empty()) put(series, row, stale_marker, sink);
    for (const std::string& state : series.states) {
        sink(std::array<std::string_view, 4>{series.name, row.before, state, row.after}, stale_marker);
    }
}

}  // namespace

void Stream::write(const Frame& frame, const Sink& sink) {
    if (!known_ || known_->census.roster() != frame.roster) take_roster(frame.roster, sink);
    for (const std::string& info : known_->texts.infos()) sink(std::array<std::string_view, 1>{info}, one);
    for (std::size_t s = 0; s < scope_count; ++s) write_scope(frame, static_cast<Scope>(s), sink);
    end_cells(frame, sink);
}

void Stream::take_roster(const RosterPtr& roster, const Sink& sink) {
    auto before = std::exchange(known_, std::make_unique<Known>(roster, filter_, external_));
    for (std::size_t s = 0; s < scope_count; ++s) {
        const auto scope = static_cast<Scope>(s);
        known_->had.at(s).assign(known_->texts.count(scope), 0);
        if (before) carry_over(*before, scope, sink);
    }
    if (before) end_infos(*before, sink);
}

// What rows had goes to those of the same labels; those that nobody inherits from end.
void Stream::carry_over(Known& before, Scope scope, const Sink& sink) {
    const auto s = static_cast<std::size_t>(scope);
    std::unordered_map<std::string_view, std::size_t> rows;
    for (std::size_t i = 0; i < known_->texts.count(scope); ++i) rows.emplace(known_->texts.key(scope, i), i);
    for (std::size_t i = 0; i < before.texts.count(scope); ++i) {
        const auto found = rows.find(before.texts.key(scope, i));
        if (found != rows.end()) {
            known_->had.at(s)[found->second] = before.had.at(s)[i];
            continue;
        }
        end_columns(before.texts, scope, i, before.had.at(s)[i], sink);
        if (scope != Scope::Guest) continue;
        end(names_.quality, before.texts.at(scope, i), sink);
        end(names_.age, before.texts.at(scope, i), sink);
    }
}

void Stream::end_infos(const Known& before, const Sink& sink) const {
    const auto& now = known_->texts.infos();
    const std::unordered_set<std::string_view> there(now.begin(), now.end());
    for (const std::string& info : before.texts.infos()) {
        if (!there.contains(info)) sink(std::array<std::string_view, 1>{info}, stale_marker);
    }
}

// Row by row, unlike a page of text: what a guest's series have in common stands together, and packs to half the size.
void Stream::write_scope(const Frame& frame, Scope scope, const Sink& sink) const {
    const Table& table = frame.table(scope);
    const auto rows = known_->census.rows(scope);
    const auto& metrics = names_.metrics.at(static_cast<std::size_t>(scope));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const RowText text = known_->texts.at(scope, i);
        for (const NamedMetric& named : metrics) {
            if (!table.has(rows[i], named.metric->column)) continue;
            const std::uint64_t cell = table.cells(rows[i])[named.metric->column];
            if (named.metric->is_state) {
                put_states(named, text, static_cast<std::size_t>(state_of(cell)), sink);
            } else {
                put(named, text, bits_of(in_base_unit(*named.metric, cell)), sink);
            }
        }
        if (scope == Scope::Guest) write_quality(frame, table.row(rows[i]), text, sink);
    }
}

void Stream::write_quality(const Frame& frame, const Row& row, const RowText& text, const Sink& sink) const {
    if (!names_.quality.name.empty()) put_states(names_.quality, text, static_cast<std::size_t>(row.quality), sink);
    if (names_.age.name.empty()) return;
    const double age = static_cast<double>(std::max<std::int64_t>(0, frame.monotonic - row.time)) / 1e9;
    put(names_.age, text, bits_of(age), sink);
}

void Stream::end_cells(const Frame& frame, const Sink& sink) {
    for (std::size_t s = 0; s < scope_count; ++s) {
        const auto scope = static_cast<Scope>(s);
        const auto rows = known_->census.rows(scope);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            std::uint64_t& had = known_->had.at(s)[i];
            const std::uint64_t has = frame.tables.at(s).row(rows[i]).present & names_.columns.at(s);
            if ((had & ~has) != 0) end_columns(known_->texts, scope, i, had & ~has, sink);
            had = has;
        }
    }
}

void Stream::end_columns(const RowTexts& texts, Scope scope, std::size_t i, std::uint64_t columns,
                         const Sink& sink) const {
    for (const NamedMetric& named : names_.metrics.at(static_cast<std::size_t>(scope))) {
        if ((columns >> named.metric->column & 1) != 0) end(named, texts.at(scope, i), sink);
    }
}

void Stream::write_own(std::span<const OwnMetric> metrics, const Sink& sink) const {
    const Sorted labels = encode_sorted({{"exporter", "remote-write"}}, external_);
    for (const OwnMetric& metric : metrics) {
        if (!filter_.allows_metric(std::string(metric.name))) continue;
        std::string name;
        append_label(name, "__name__", metric.name);
        sink(std::array<std::string_view, 2>{name, labels.text}, bits_of(metric.value));
    }
}

}  // namespace virtscope::exporters::remote_write
