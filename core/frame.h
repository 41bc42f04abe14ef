// Frame: everything read in one tick, with its time.
//
// Per scope a table: rows are the roster's instances, columns the catalogue's metrics of that scope,
// each cell present or absent. Absent means "not known"; it is never zero. Each row has the
// monotonic time at which its values were true and a quality.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/catalogue.h"
#include "core/roster.h"

namespace virtscope {

enum class Quality : std::uint8_t {
    fresh,
    stale,        // it did not answer in time: what only it can tell is absent, the rest is current
    denied,       // we lack the right to read it
    unsupported,  // its driver or hypervisor cannot tell
};
inline constexpr std::size_t quality_count = 4;
std::string_view quality_name(Quality quality);

struct Row {
    std::int64_t time = 0;      // CLOCK_MONOTONIC ns
    std::uint64_t present = 0;  // bit c: column c has a value
    Quality quality = Quality::fresh;
};

class Table {
public:
    Table() = default;
    // All rows absent and fresh at `time`; keeps its memory when it is reused.
    void reset(std::size_t rows, std::size_t columns, std::int64_t time);

    std::size_t rows() const { return rows_.size(); }
    std::size_t columns() const { return columns_; }
    Row& row(std::size_t r) { return rows_[r]; }
    const Row& row(std::size_t r) const { return rows_[r]; }

    void set(std::size_t r, std::size_t column, std::uint64_t value) {
        cells_[r * columns_ + column] = value;
        rows_[r].present |= std::uint64_t{1} << column;
    }
    bool has(std::size_t r, std::size_t column) const { return rows_[r].present >> column & 1; }
    std::optional<std::uint64_t> get(std::size_t r, std::size_t column) const {
        if (!has(r, column)) return std::nullopt;
        return cells_[r * columns_ + column];
    }
    // The cells of row r, columns() of them; only those marked in row(r).present mean anything.
    const std::uint64_t* cells(std::size_t r) const { return cells_.data() + r * columns_; }
    std::uint64_t* cells(std::size_t r) { return cells_.data() + r * columns_; }

private:
    std::size_t columns_ = 0;
    std::vector<Row> rows_;
    std::vector<std::uint64_t> cells_;
};

enum class EventKind : std::uint8_t {
    agent_started,
    guest_started,
    guest_stopped,
    guest_renamed,
    guest_state,      // text says from and to
    device_added,
    device_removed,
    monitor_lost,     // text says why
    monitor_back,
    ticks_skipped,
    clock_stepped,
    command,          // a lifecycle command; text says which, by whom, with what result
    ring_in_memory,   // the ring file cannot be written; text says why
    ring_on_disk,     // it can be again
    ring_notice,      // what opening the file brought about: set aside, repaired
};
inline constexpr std::size_t event_kind_count = 15;
std::string_view event_name(EventKind kind);

struct Event {
    EventKind kind;
    Uuid guest;        // nil: the host
    std::string name;  // the guest's name at the time
    std::string text;

    bool operator==(const Event&) const = default;
};

struct Frame {
    std::uint64_t sequence = 0;   // given by the ring; grows by one a frame
    std::int64_t realtime = 0;    // ns since the epoch: for people
    std::int64_t monotonic = 0;   // CLOCK_MONOTONIC ns: for arithmetic
    std::int64_t boottime = 0;    // CLOCK_BOOTTIME ns: counts suspend
    RosterPtr roster;
    std::array<Table, scope_count> tables;
    std::vector<Event> events;

    // Tables to the roster's shape, all absent at this frame's monotonic time; no events.
    void reset(RosterPtr who);

    Table& table(Scope scope) { return tables[static_cast<std::size_t>(scope)]; }
    const Table& table(Scope scope) const { return tables[static_cast<std::size_t>(scope)]; }

    template <MetricOfScope M>
    void set(std::size_t row, M metric, std::uint64_t value) {
        table(scope_of<M>).set(row, static_cast<std::size_t>(metric), value);
    }
    template <MetricOfScope M>
    std::optional<std::uint64_t> get(std::size_t row, M metric) const {
        return table(scope_of<M>).get(row, static_cast<std::size_t>(metric));
    }
};

using FramePtr = std::shared_ptr<const Frame>;

}  // namespace virtscope
