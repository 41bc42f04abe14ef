#include "exporters/rrd/series.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/rates.h"

namespace virtscope::exporters::rrd {
namespace {

void append(std::string& out, std::uint64_t value) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out.append(digits.data(), end.ptr);
}

void append(std::string& out, double value) {
    // Most gauges are whole numbers, which are much cheaper to write.
    constexpr double exact = 9007199254740992;
    if (value >= 0 && value < exact && value == static_cast<double>(static_cast<std::uint64_t>(value)))
        return append(out, static_cast<std::uint64_t>(value));
    std::array<char, 40> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::general, 15);
    out.append(digits.data(), end.ptr);
}

}  // namespace

void Series::plan(const PlannedFile& planned) {
    path_ = planned.path;
    type_ = planned.type;
    row_ = planned.row;
    if (life_ != planned.life && life_ != 0) interrupt();
    life_ = planned.life;
    listed = true;
}

void Series::interrupt() {
    for (Cell& cell : cells_) cell = {};
    broken_ = true;
}

std::int64_t Series::moment(const Frame& frame) const {
    return frame.realtime - (frame.monotonic - frame.table(type_->scope).row(row_).time);
}

bool Series::append_counter(const Frame& frame, std::size_t source, std::int64_t boundary, std::string& out) const {
    const Table& table = frame.table(type_->scope);
    const Cell& cell = cells_[source];
    const std::size_t column = type_->sources[source].column;
    if (!cell.known || !table.has(row_, column)) return false;
    const std::uint64_t now = table.cells(row_)[column];
    // core/rates decides whether the two readings belong together.
    if (!rate({cell.value, cell.read_at}, {now, table.row(row_).time})) return false;
    const auto whole = static_cast<double>(moment(frame) - cell.read_real);
    const double part = boundary == frame.realtime || whole <= 0
                            ? 1
                            : std::clamp(static_cast<double>(boundary - cell.read_real) / whole, 0.0, 1.0);
    const auto so_far = static_cast<std::uint64_t>(static_cast<double>(now - cell.value) * part);
    append(out, (cell.value + so_far) / type_->sources[source].divisor);
    return true;
}

bool Series::append_gauge(const Source& source, Cell& cell, std::string& out) {
    // A step shorter than the agent's interval has no reading of its own; the one before still holds.
    if (cell.readings == 0 && !cell.known) return false;
    const bool mean = source.merge == Merge::mean && cell.readings > 0;
    append(out, mean ? cell.sum / cell.readings : cell.last);
    cell.sum = 0;
    cell.readings = 0;
    return true;
}

bool Series::close(const Frame& frame, std::int64_t boundary, std::string& out) {
    bool any = false;
    for (std::size_t s = 0; s < cells_.size(); ++s) {
        const Source& source = type_->sources[s];
        out += ':';
        const bool known =
            source.column != no_column && (source.merge == Merge::derive ? append_counter(frame, s, boundary, out)
                                                                         : append_gauge(source, cells_[s], out));
        if (!known) out += 'U';
        any = any || known;
    }
    return any;
}

void Series::read_gauge(const Source& source, Cell& cell, std::uint64_t raw) {
    const std::uint64_t value = source.translate != nullptr ? source.translate(raw) : raw;
    cell.last = static_cast<double>(value) / static_cast<double>(source.divisor);
    cell.sum += cell.last;
    ++cell.readings;
    cell.known = true;
}

void Series::read_gauges(const Frame& frame) {
    const Table& table = frame.table(type_->scope);
    for (std::size_t s = 0; s < cells_.size(); ++s) {
        const Source& source = type_->sources[s];
        if (source.merge == Merge::derive || source.column == no_column) continue;
        if (table.has(row_, source.column)) {
            read_gauge(source, cells_[s], table.cells(row_)[source.column]);
        } else {
            cells_[s].known = false;
        }
    }
}

void Series::read_counters(const Frame& frame) {
    const Table& table = frame.table(type_->scope);
    const std::int64_t time = table.row(row_).time;
    const std::int64_t real = moment(frame);
    for (std::size_t s = 0; s < cells_.size(); ++s) {
        const Source& source = type_->sources[s];
        if (source.merge != Merge::derive || source.column == no_column || !table.has(row_, source.column)) continue;
        Cell& cell = cells_[s];
        const std::uint64_t value = table.cells(row_)[source.column];
        // A row that was not read again says nothing new.
        if (cell.known && time <= cell.read_at) continue;
        broken_ = broken_ || (cell.known && value < cell.value);
        cell.known = true;
        cell.value = value;
        cell.read_at = time;
        cell.read_real = real;
    }
}

void Series::begin_step() {
    for (Cell& cell : cells_) {
        cell.sum = 0;
        cell.readings = 0;
    }
}

bool Series::begins_anew(std::int64_t boundary, std::int64_t step) {
    const bool continues = !std::exchange(broken_, false) && written_ == boundary - step;
    written_ = boundary;
    return !continues;
}

}  // namespace virtscope::exporters::rrd
