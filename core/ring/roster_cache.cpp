#include "core/ring/roster_cache.h"

#include <utility>

namespace virtscope::ring {

Fetched RosterCache::get(const RingFile& file, std::uint64_t position, Bytes& scratch, RosterPtr& out) {
    for (const Entry& entry : entries_) {
        if (entry.roster && entry.position == position) {
            out = entry.roster;
            return Fetched::ok;
        }
    }
    RecordHeader header{};
    Fetched fetched = file.header(position, header);
    if (fetched != Fetched::ok) return fetched;
    if (header.type != RecordType::roster) return Fetched::damaged;
    // A repetition: the content is known, only where it lies has changed.
    for (Entry& entry : entries_) {
        if (!entry.roster || entry.number != header.sequence) continue;
        if (entry.length != header.length || entry.crc != header.payload_crc) continue;
        out = entry.roster;
        entry.position = position;
        return Fetched::ok;
    }
    fetched = file.payload(header, scratch);
    if (fetched != Fetched::ok) return fetched;
    auto roster = decode_roster(scratch);
    if (!roster) return Fetched::damaged;
    out = *roster;
    keep({.position = position,
          .number = header.sequence,
          .length = header.length,
          .crc = header.payload_crc,
          .roster = std::move(*roster)});
    return Fetched::ok;
}

void RosterCache::keep(Entry entry) {
    entries_[next_] = std::move(entry);
    next_ = (next_ + 1) % entries_.size();
}

}  // namespace virtscope::ring
