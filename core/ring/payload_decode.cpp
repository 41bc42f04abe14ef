#include "core/crc32c.h"
#include "core/ring/bytes.h"
#include "core/ring/codec.h"
#include "core/ring/nibble.h"
#include "core/ring/varint.h"

namespace virtscope::ring {
namespace {

using Span = std::span<const std::byte>;

constexpr std::size_t least_event = 1 + 16 + 2 * 2;
constexpr std::size_t least_shelf = 1 + sizeof(std::uint32_t);

bool get_events(Span& from, std::uint64_t count, std::vector<Event>& events) {
    events.clear();
    if (count > from.size() / least_event) return false;
    events.reserve(count);
    ByteReader reader(from);
    for (std::uint64_t i = 0; i < count && !reader.bad(); ++i) {
        const auto kind = reader.get<std::uint8_t>();
        if (kind >= event_kind_count) return false;
        Event event{.kind = static_cast<EventKind>(kind), .guest = {}, .name = {}, .text = {}};
        const auto uuid = reader.raw(event.guest.bytes.size());
        if (!uuid.empty()) std::memcpy(event.guest.bytes.data(), uuid.data(), uuid.size());
        event.name = reader.text();
        event.text = reader.text();
        events.push_back(std::move(event));
    }
    from = from.last(reader.left());
    return !reader.bad();
}

Span shelf_of(Span payload, const Shelf& shelf) { return payload.subspan(shelf.begin, shelf.length); }

std::size_t shelves_of(const Roster& roster) {
    return 1 + (roster.guests.size() + shelf_guests - 1) / shelf_guests;
}

bool apply(Span payload, const Head& head, Coding coding, std::int64_t before, std::int64_t now, State& state) {
    const Roster& roster = *state.frame.roster;
    if (head.shelves.size() != shelves_of(roster)) return false;
    std::size_t unit = 0;
    for (const Shelf& shelf : head.shelves) {
        Span bytes = shelf_of(payload, shelf);
        const std::size_t end = unit == 0 ? 1 : std::min(unit + shelf_guests, roster.guests.size() + 1);
        for (; unit < end; ++unit) {
            if (!decode_segment(bytes, unit, coding, before, now, state)) return false;
        }
        if (!bytes.empty()) return false;
    }
    return true;
}

}  // namespace

void settle(const Head& head, const Stamp& stamp, Frame& frame) {
    frame.sequence = stamp.sequence;
    frame.realtime = stamp.realtime;
    frame.monotonic = stamp.monotonic;
    frame.boottime = head.boottime;
}

bool decode_head(Span head, std::uint64_t length, std::int64_t monotonic, Head& out) {
    std::uint64_t boottime = 0;
    std::uint64_t events = 0;
    std::uint64_t at = head.size();
    if (!get_varint(head, boottime) || !get_varint(head, events) || !get_events(head, events, out.events)) return false;
    out.boottime = static_cast<std::int64_t>(unzigzag(boottime) + static_cast<std::uint64_t>(monotonic));
    out.shelves.clear();
    out.shelves.reserve(head.size() / least_shelf);
    while (!head.empty()) {
        std::uint64_t size = 0;
        if (!get_varint(head, size) || size > length - at || head.size() < sizeof(std::uint32_t)) return false;
        Shelf shelf{.begin = at, .length = static_cast<std::uint32_t>(size), .crc = 0};
        std::memcpy(&shelf.crc, head.data(), sizeof shelf.crc);
        head = head.subspan(sizeof shelf.crc);
        out.shelves.push_back(shelf);
        at += size;
    }
    return at == length;
}

bool shelves_intact(Span payload, const Head& head, std::uint32_t seed) {
    return std::ranges::all_of(head.shelves,
                               [&](const Shelf& shelf) { return crc32c(shelf_of(payload, shelf), seed) == shelf.crc; });
}

bool decode_shelves(Span payload, const Head& head, const Stamp& stamp, std::uint32_t seed, State& state) {
    if (!shelves_intact(payload, head, seed)) return false;
    const Coding coding = stamp.from_nothing ? Coding::whole : Coding::changes;
    if (!apply(payload, head, coding, state.frame.monotonic, stamp.monotonic, state)) return false;
    settle(head, stamp, state.frame);
    return true;
}

bool decode_guest(Span shelf, std::size_t guest, const Stamp& stamp, State& state) {
    const std::size_t first = guest / shelf_guests * shelf_guests;
    const Coding coding = stamp.from_nothing ? Coding::whole : Coding::changes;
    for (std::size_t g = first; g < guest; ++g) {
        // Coded from nothing, each guest's rows lean on those of the guest before.
        const bool taken = stamp.from_nothing ? decode_segment(shelf, g + 1, coding, 0, stamp.monotonic, state)
                                              : skip_segment(shelf);
        if (!taken) return false;
    }
    return decode_segment(shelf, guest + 1, coding, state.frame.monotonic, stamp.monotonic, state);
}

bool decode_host(Span shelf, const Stamp& stamp, State& state) {
    const Coding coding = stamp.from_nothing ? Coding::whole : Coding::changes;
    return decode_segment(shelf, 0, coding, state.frame.monotonic, stamp.monotonic, state);
}

bool undo_shelves(Span payload, const Head& head, std::int64_t before, State& state) {
    return apply(payload, head, Coding::undo, state.frame.monotonic, before, state);
}

}  // namespace virtscope::ring
