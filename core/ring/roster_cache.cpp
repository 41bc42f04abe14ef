#include "core/ring/roster_cache.h"

#include <utility>

namespace virtscope::ring {

const RosterCache::Entry* RosterCache::known(std::uint64_t position, std::uint32_t number) const {
    for (const Entry& entry : entries_) {
        if (!entry.roster || entry.position != position) continue;
        if (static_cast<std::uint32_t>(entry.number) == number) return &entry;
    }
    return nullptr;
}

// The roster record with that header, kept as what is asked for by `position`.
Fetched RosterCache::read(const RingFile& file, RecordHeader header, std::uint64_t position, Bytes& scratch, RosterPtr& out) {
    if (header.type != RecordType::roster) return Fetched::damaged;
    // A repetition: the content is known, only where it lies has changed.
    for (Entry& entry : entries_) {
        if (!entry.roster || entry.number != header.sequence) continue;
        if (entry.length != header.length || entry.crc != header.head_crc) continue;
        out = entry.roster;
        entry.position = position;
        return Fetched::ok;
    }
    const Fetched fetched = file.payload(header, scratch);
    if (fetched != Fetched::ok) return fetched;
    auto roster = decode_roster(scratch);
    if (!roster) return Fetched::damaged;
    out = *roster;
    keep({.position = position,
          .number = header.sequence,
          .length = header.length,
          .crc = header.head_crc,
          .roster = std::move(*roster)});
    return Fetched::ok;
}

Fetched RosterCache::find_repetition(const RingFile& file, std::uint64_t position, std::uint32_t number, Bytes& scratch,
                                     RosterPtr& out) {
    const auto words = file.words();
    if (!words || (lost_ == position && lost_at_ == words->head)) return Fetched::damaged;
    RecordHeader record{};
    bool skipped = false;
    for (bool more = file.find(words->tail, words->head, record); more; more = file.next(record, words->head, record, skipped)) {
        if (record.type != RecordType::roster || static_cast<std::uint32_t>(record.sequence) != number) continue;
        if (read(file, record, position, scratch, out) == Fetched::ok) return Fetched::ok;
    }
    lost_ = position;
    lost_at_ = words->head;
    return Fetched::damaged;
}

Fetched RosterCache::get(const RingFile& file, std::uint64_t position, std::uint32_t number, Bytes& scratch, RosterPtr& out) {
    if (const Entry* const entry = known(position, number)) {
        out = entry->roster;
        return Fetched::ok;
    }
    RecordHeader header{};
    Fetched fetched = file.header(position, header);
    if (fetched == Fetched::ok) fetched = read(file, header, position, scratch, out);
    return fetched == Fetched::ok ? fetched : find_repetition(file, position, number, scratch, out);
}

void RosterCache::keep(Entry entry) {
    entries_[next_] = std::move(entry);
    next_ = (next_ + 1) % entries_.size();
}

}  // namespace virtscope::ring
