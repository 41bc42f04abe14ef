#include "core/crc32c.h"
#include "core/ring/bytes.h"
#include "core/ring/codec.h"
#include "core/ring/nibble.h"
#include "core/ring/varint.h"

namespace virtscope::ring {
namespace {

bool fits_roster(const Frame& frame) {
    if (!frame.roster) return false;
    for (std::size_t s = 0; s < scope_count; ++s) {
        const auto scope = static_cast<Scope>(s);
        const Table& table = frame.table(scope);
        if (table.rows() != frame.roster->rows(scope) || table.columns() != metrics(scope).size()) return false;
    }
    return true;
}

void begin_head(const Frame& frame, bool with_events, Bytes& head) {
    head.clear();
    put_varint(head, zigzag(static_cast<std::uint64_t>(frame.boottime) - static_cast<std::uint64_t>(frame.monotonic)));
    put_varint(head, with_events ? frame.events.size() : 0);
    if (!with_events) return;
    ByteWriter to(head);
    for (const Event& event : frame.events) {
        to.put(event.kind);
        to.raw(std::as_bytes(std::span(event.guest.bytes)));
        to.text(event.name);
        to.text(event.text);
    }
}

// Fills shelf after shelf: `segment` appends that of a unit to the body.
template <class Segment>
void fill_shelves(const Roster& roster, std::uint32_t seed, Payload& out, Segment segment) {
    out.body.clear();
    const std::size_t units = roster.guests.size() + 1;
    for (std::size_t unit = 0; unit < units;) {
        const std::size_t begin = out.body.size();
        const std::size_t end = unit == 0 ? 1 : std::min(unit + shelf_guests, units);
        for (; unit < end; ++unit) segment(unit);
        const auto shelf = std::span<const std::byte>(out.body).subspan(begin);
        put_varint(out.head, shelf.size());
        ByteWriter(out.head).put(crc32c(shelf, seed));
    }
}

void copy_times(const Frame& from, Frame& to) {
    to.realtime = from.realtime;
    to.monotonic = from.monotonic;
    to.boottime = from.boottime;
}

}  // namespace

std::uint32_t crc_seed(std::uint64_t salt) { return crc32c(std::as_bytes(std::span(&salt, 1))); }

Result<> Encoder::frame(const Frame& frame, bool from_nothing, std::uint64_t sequence, std::uint32_t seed, Payload& out) {
    if (!fits_roster(frame)) return fail(ErrorKind::malformed, "a frame whose tables do not have its roster's shape");
    for (const Table& table : frame.tables) {
        if (table.rows() > max_rows) return fail(ErrorKind::unsupported, "a frame of more than {} rows", max_rows);
    }
    if (from_nothing) {
        state_.reset(frame.roster);
        scratch_.reset(*frame.roster);
    }
    state_.frame.roster = frame.roster;
    const std::int64_t before = from_nothing ? frame.monotonic : state_.frame.monotonic;
    begin_head(frame, true, out.head);
    std::uint64_t values = 0;
    fill_shelves(*frame.roster, seed, out, [&](std::size_t unit) {
        values += encode_changes(frame, unit, before, state_, scratch_, out.body);
    });
    out.values = static_cast<std::uint32_t>(values);
    copy_times(frame, state_.frame);
    state_.frame.sequence = sequence;
    if (!from_nothing) return {};
    for (auto& masks : state_.sticky) std::ranges::fill(masks, 0);
    begin_head(frame, true, out.head);
    fill_shelves(*frame.roster, seed, out, [&](std::size_t unit) { encode_whole(state_, unit, scratch_, out.body); });
    scratch_.reset(*frame.roster);
    return {};
}

void Encoder::checkpoint(std::uint32_t seed, Payload& out) {
    state_.closing = state_.sticky;
    for (std::size_t s = 0; s < scope_count; ++s) {
        auto& moved = scratch_.moved[s];
        for (std::size_t r = 0; r < moved.size(); ++r) state_.sticky[s][r] = std::exchange(moved[r], Moved{})[2];
    }
    out.values = 0;
    begin_head(state_.frame, false, out.head);
    fill_shelves(*state_.frame.roster, seed, out,
                 [&](std::size_t unit) { encode_whole(state_, unit, scratch_, out.body); });
}

}  // namespace virtscope::ring
