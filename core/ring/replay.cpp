#include "core/ring/replay.h"

#include <algorithm>

namespace virtscope::ring {
namespace {

Stamp stamp_of(const RecordHeader& record, bool from_nothing) {
    return {.realtime = record.realtime,
            .monotonic = record.monotonic,
            .sequence = record.sequence,
            .from_nothing = from_nothing};
}

bool holds_state(const RecordHeader& record) {
    return record.type == RecordType::checkpoint || (record.type == RecordType::frame && record.base_distance == 0);
}

}  // namespace

// Unit 0 is the host, with the agent.
void Replay::hide_others(std::size_t first, std::size_t end) {
    const std::size_t shown = part_ == Part::host ? 0 : guest_ + 1;
    for (std::size_t unit = first; unit < end; ++unit) {
        if (unit == shown) continue;
        for (const Block& block : blocks_of(*state_.frame.roster, unit)) {
            Table& table = state_.frame.table(block.scope);
            for (std::size_t r = block.first; r < block.first + block.count; ++r) table.row(r).present = 0;
        }
    }
}

bool Replay::decode_part(const Stamp& stamp) {
    if (part_ == Part::host) return decode_host(scratch_, stamp, state_);
    if (!decode_guest(scratch_, guest_, stamp, state_)) return false;
    // Coded from nothing, a guest leans on those before it in its shelf: they were decoded, too.
    if (stamp.from_nothing) hide_others(guest_ / shelf_guests * shelf_guests + 1, guest_ + 1);
    return true;
}

Fetched Replay::apply_part(const RingFile& file, const RecordHeader& record, const Stamp& stamp) {
    if (const Fetched fetched = file.head(record, scratch_); fetched != Fetched::ok) return fetched;
    if (!decode_head(scratch_, record.length, record.monotonic, head_)) return Fetched::damaged;
    const std::size_t guests = state_.frame.roster->guests.size();
    const std::size_t shelf = part_ == Part::host ? 0 : 1 + guest_ / shelf_guests;
    if (part_ == Part::guest && guest_ >= guests) return Fetched::damaged;
    if (head_.shelves.size() != 1 + (guests + shelf_guests - 1) / shelf_guests) return Fetched::damaged;
    if (const Fetched fetched = file.shelf(record, head_.shelves[shelf], scratch_); fetched != Fetched::ok) return fetched;
    if (!decode_part(stamp)) return Fetched::damaged;
    settle(head_, stamp, state_.frame);
    return Fetched::ok;
}

Fetched Replay::apply_all(const RingFile& file, const RecordHeader& record, const Stamp& stamp) {
    if (const Fetched fetched = file.payload(record, scratch_); fetched != Fetched::ok) return fetched;
    const auto head = std::span<const std::byte>(scratch_).first(record.head);
    const bool good = decode_head(head, record.length, record.monotonic, head_) &&
                      decode_shelves(scratch_, head_, stamp, crc_seed(file.salt()), state_);
    return good ? Fetched::ok : Fetched::damaged;
}

Fetched Replay::apply(const RingFile& file, const RecordHeader& record, bool from_nothing) {
    const Stamp stamp = stamp_of(record, from_nothing);
    at_ = 0;
    const Fetched fetched = part_ == Part::all ? apply_all(file, record, stamp) : apply_part(file, record, stamp);
    if (fetched != Fetched::ok) return fetched;
    std::swap(state_.frame.events, head_.events);
    at_ = record.position;
    next_ = after(record, file.capacity());
    return Fetched::ok;
}

bool Replay::find_guest(const Roster& roster) {
    const auto found = std::ranges::find(roster.guests, *only_, &RosterGuest::uuid);
    guest_ = static_cast<std::size_t>(found - roster.guests.begin());
    without_guest_ = guest_ == roster.guests.size();
    return !without_guest_;
}

Fetched Replay::begin(const RingFile& file, RosterCache& rosters, std::uint64_t base) {
    at_ = 0;
    base_ = base;
    RecordHeader record{};
    if (const Fetched fetched = file.header(base, record); fetched != Fetched::ok) return fetched;
    if (!holds_state(record)) return Fetched::damaged;
    RosterPtr roster;
    if (const Fetched fetched = rosters.get(file, record.roster(), record.roster_number(), scratch_, roster); fetched != Fetched::ok) return fetched;
    if (part_ == Part::guest && !find_guest(*roster)) return Fetched::damaged;
    if (state_.frame.roster != roster || part_ != Part::all) state_.reset(roster);
    return apply(file, record, true);
}

Fetched Replay::forward(const RingFile& file, const RecordHeader& target) {
    for (std::size_t records = 0; at_ != target.position; ++records) {
        RecordHeader record = target;
        if (records > longest_group) return Fetched::damaged;
        if (next_ != target.position) {
            if (next_ > target.position) return Fetched::damaged;
            if (const Fetched fetched = file.header(next_, record); fetched != Fetched::ok) return fetched;
        }
        if (record.type != RecordType::frame) {
            next_ = after(record, file.capacity());
            continue;
        }
        if (const Fetched fetched = apply(file, record, false); fetched != Fetched::ok) return fetched;
    }
    return Fetched::ok;
}

Fetched Replay::to(const RingFile& file, RosterCache& rosters, const RecordHeader& target) {
    without_guest_ = false;
    const bool onward = at_ != 0 && base_ == target.base() && at_ <= target.position;
    if (!onward) {
        const Fetched begun = begin(file, rosters, target.base());
        if (begun == Fetched::lapped || without_guest_) return begun;
    }
    Fetched fetched = at_ == 0 ? Fetched::damaged : forward(file, target);
    if (fetched == Fetched::damaged) fetched = backward(file, rosters, target);
    return fetched;
}

}  // namespace virtscope::ring
