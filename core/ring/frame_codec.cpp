#include <bit>

#include "core/ring/bytes.h"
#include "core/ring/codec.h"

namespace virtscope::ring {
namespace {

constexpr std::size_t least_event = 1 + 16 + 2 * 2;
constexpr std::size_t least_row = 1 + 8 + 8;
constexpr std::size_t cell = sizeof(std::uint64_t);

std::uint64_t all_columns(std::size_t columns) {
    return columns >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << columns) - 1;
}

std::size_t ones(std::uint64_t mask) { return static_cast<std::size_t>(std::popcount(mask)); }

bool fits_roster(const Frame& frame) {
    if (!frame.roster) return false;
    for (std::size_t s = 0; s < scope_count; ++s) {
        const auto scope = static_cast<Scope>(s);
        const Table& table = frame.table(scope);
        if (table.rows() != frame.roster->rows(scope) || table.columns() != metrics(scope).size()) return false;
    }
    return true;
}

void put_events(ByteWriter& to, const std::vector<Event>& events) {
    to.put(static_cast<std::uint32_t>(events.size()));
    for (const Event& event : events) {
        to.put(event.kind);
        to.raw(std::as_bytes(std::span(event.guest.bytes)));
        to.text(event.name);
        to.text(event.text);
    }
    to.align();
}

// Times are stored as differences modulo 2^64: exact for any pair of values.
std::int64_t less(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
std::int64_t plus(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

std::byte* put_cells(std::byte* at, const std::uint64_t* cells, std::uint64_t present, std::uint64_t all) {
    if (present == all) {
        const std::size_t size = ones(all) * cell;
        std::memcpy(at, cells, size);
        return at + size;
    }
    for (; present != 0; present &= present - 1, at += cell) {
        std::memcpy(at, cells + std::countr_zero(present), cell);
    }
    return at;
}

std::uint64_t put_table(ByteWriter& to, const Table& table, std::int64_t monotonic) {
    const std::uint64_t all = all_columns(table.columns());
    to.put(static_cast<std::uint32_t>(table.rows()));
    to.put(static_cast<std::uint32_t>(table.columns()));
    std::size_t values = 0;
    for (std::size_t r = 0; r < table.rows(); ++r) {
        to.put(table.row(r).quality);
        values += ones(table.row(r).present & all);
    }
    to.align();
    for (std::size_t r = 0; r < table.rows(); ++r) to.put(less(table.row(r).time, monotonic));
    for (std::size_t r = 0; r < table.rows(); ++r) to.put(table.row(r).present & all);
    std::byte* at = to.grow(values * cell);
    for (std::size_t r = 0; r < table.rows(); ++r) at = put_cells(at, table.cells(r), table.row(r).present & all, all);
    return values;
}

bool get_events(ByteReader& from, std::vector<Event>& events) {
    const std::size_t count = from.count(least_event);
    events.reserve(count);
    for (std::size_t i = 0; i < count && !from.bad(); ++i) {
        const auto kind = from.get<std::uint8_t>();
        if (kind >= event_kind_count) return false;
        Event event{.kind = static_cast<EventKind>(kind), .guest = {}, .name = {}, .text = {}};
        const auto uuid = from.raw(event.guest.bytes.size());
        if (!uuid.empty()) std::memcpy(event.guest.bytes.data(), uuid.data(), uuid.size());
        event.name = from.text();
        event.text = from.text();
        events.push_back(std::move(event));
    }
    from.align();
    return !from.bad();
}

template <class T>
T element(std::span<const std::byte> array, std::size_t i) {
    T value{};
    std::memcpy(&value, array.data() + i * sizeof value, sizeof value);
    return value;
}

void get_cells(std::span<const std::byte> from, std::uint64_t* cells, std::uint64_t present) {
    if (ones(present) * cell == from.size() && (present & (present + 1)) == 0) {
        std::memcpy(cells, from.data(), from.size());
        return;
    }
    for (std::size_t i = 0; present != 0; present &= present - 1, ++i) {
        cells[std::countr_zero(present)] = element<std::uint64_t>(from, i);
    }
}

bool get_table(ByteReader& from, Table& table, std::size_t rows, std::size_t columns, std::int64_t monotonic) {
    if (from.get<std::uint32_t>() != rows || from.get<std::uint32_t>() != columns) return false;
    if (from.bad() || rows > from.left() / least_row) return false;
    const auto qualities = from.raw(rows);
    from.align();
    const auto times = from.raw(rows * sizeof(std::int64_t));
    const auto presents = from.raw(rows * sizeof(std::uint64_t));
    if (from.bad()) return false;
    const std::uint64_t all = all_columns(columns);
    table.reset(rows, columns, monotonic);
    for (std::size_t r = 0; r < rows; ++r) {
        const auto quality = std::to_integer<std::uint8_t>(qualities[r]);
        const auto present = element<std::uint64_t>(presents, r);
        const auto cells = from.raw(ones(present) * cell);
        if (quality >= quality_count || (present & ~all) != 0 || from.bad()) return false;
        table.row(r) = Row{.time = plus(element<std::int64_t>(times, r), monotonic),
                           .present = present,
                           .quality = static_cast<Quality>(quality)};
        if (present != 0) get_cells(cells, table.cells(r), present);
    }
    return true;
}

}  // namespace

Result<std::uint64_t> encode_frame(const Frame& frame, Bytes& out) {
    if (!fits_roster(frame)) return fail(ErrorKind::malformed, "a frame whose tables do not have its roster's shape");
    out.clear();
    ByteWriter to(out);
    to.put(frame.realtime);
    to.put(frame.monotonic);
    to.put(frame.boottime);
    put_events(to, frame.events);
    std::uint64_t values = 0;
    for (const Table& table : frame.tables) {
        if (table.rows() > max_rows) return fail(ErrorKind::unsupported, "a frame of more than {} rows", max_rows);
        values += put_table(to, table, frame.monotonic);
    }
    return values;
}

Result<std::shared_ptr<Frame>> decode_frame(std::span<const std::byte> bytes, RosterPtr roster) {
    ByteReader from(bytes);
    auto frame = std::make_shared<Frame>();
    frame->realtime = from.get<std::int64_t>();
    frame->monotonic = from.get<std::int64_t>();
    frame->boottime = from.get<std::int64_t>();
    frame->roster = std::move(roster);
    if (!get_events(from, frame->events)) return fail(ErrorKind::malformed, "frame record: events");
    for (std::size_t s = 0; s < scope_count; ++s) {
        const auto scope = static_cast<Scope>(s);
        const std::size_t rows = frame->roster->rows(scope);
        if (!get_table(from, frame->table(scope), rows, metrics(scope).size(), frame->monotonic)) {
            return fail(ErrorKind::malformed, "frame record: {} table", scope_name(scope));
        }
    }
    if (from.bad() || from.left() != 0) return fail(ErrorKind::malformed, "frame record: wrong size");
    return frame;
}

}  // namespace virtscope::ring
