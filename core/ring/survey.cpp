#include "core/ring/survey.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <vector>

namespace virtscope::ring {
namespace {

// On from the newest frame (or the tail) over whole records: the writer before may have been killed after
// writing one and before telling.
std::optional<Resume> follow_words(const RingFile& file, const Words& stored) {
    if (!plausible(stored, file.capacity())) return std::nullopt;
    Resume end{.words = stored};
    std::uint64_t at = stored.newest == 0 ? stored.tail : stored.newest;
    end.words.head = at;
    Bytes scratch;
    RecordHeader record{};
    while (file.header(at, record) == Fetched::ok && file.intact(record, scratch)) {
        const std::uint64_t next = after(record, file.capacity());
        if (next - stored.tail > file.capacity()) break;
        if (record.type == RecordType::frame) {
            end.words.newest = at;
            end.sequence = record.sequence;
        }
        at = next;
        end.words.head = at;
    }
    // Less than what was told: something in between is damaged.
    if (end.words.head < stored.head) return std::nullopt;
    return end;
}

std::vector<RecordHeader> all_headers(const RingFile& file) {
    std::vector<RecordHeader> found;
    RecordHeader record{};
    std::uint64_t offset = 0;
    while (file.find_any(offset, record)) {
        found.push_back(record);
        offset = offset_of(record.position, file.capacity()) + record_size(record.length);
    }
    std::ranges::sort(found, {}, &RecordHeader::position);
    return found;
}

Resume search(const RingFile& file) {
    Resume end{.words = {.tail = first_position, .newest = 0, .head = first_position, .published = 0}};
    const auto records = all_headers(file);
    if (records.empty()) return end;
    end.words.head = after(records.back(), file.capacity());
    const std::uint64_t lapped = end.words.head - std::min(end.words.head, file.capacity());
    const auto oldest = std::ranges::lower_bound(records, lapped, {}, &RecordHeader::position);
    end.words.tail = oldest->position;
    Bytes scratch;
    for (auto it = oldest; it != records.end(); ++it) {
        if (it->type != RecordType::frame) continue;
        end.sequence = std::max(end.sequence, it->sequence);
        if (file.intact(*it, scratch)) end.words.newest = it->position;
    }
    return end;
}

class Counter {
public:
    Counter(const RingFile& file, std::uint64_t first) : file_(file), first_(first) {}

    void count(const RecordHeader& record) {
        if (record.type == RecordType::padding) return;
        if (!file_.intact(record, scratch_)) return gap(record.position);
        if (record.type == RecordType::roster) rosters_[static_cast<std::uint32_t>(record.sequence)].there = true;
        // The oldest frames may have lost what they are decoded from.
        if (record.type != RecordType::frame || record.base() < first_) return;
        Tally& frames = rosters_[record.roster_number()].tally;
        if (frames.frames++ == 0) frames.from = record.realtime;
        frames.to = record.realtime;
        frames.values += record.values;
    }

    // A roster may be repeated behind the first frames that need it: known only in the end.
    Tally sum() const {
        Tally all{.damaged = damaged_};
        for (const auto& [number, roster] : rosters_) {
            const Tally& some = roster.tally;
            if (!roster.there || some.frames == 0) continue;
            all.from = all.frames == 0 ? some.from : std::min(all.from, some.from);
            all.to = all.frames == 0 ? some.to : std::max(all.to, some.to);
            all.frames += some.frames;
            all.values += some.values;
        }
        return all;
    }

    // Bytes from `position` on were no whole record: damage, unless a writer has come by.
    void gap(std::uint64_t position) {
        const auto now = file_.words();
        if (now && now->tail <= position) ++damaged_;
    }

private:
    struct OfRoster {
        bool there = false;
        Tally tally;
    };

    const RingFile& file_;
    std::uint64_t first_;
    std::unordered_map<std::uint32_t, OfRoster> rosters_;  // by their numbers
    std::uint64_t damaged_ = 0;
    Bytes scratch_;
};

}  // namespace

bool begins_well(const RingFile& file, const Words& words) {
    RecordHeader record{};
    return words.tail == words.head || file.header(words.tail, record) == Fetched::ok;
}

bool ends_well(const RingFile& file, const Words& words) {
    RecordHeader record{};
    if (words.newest == 0) return true;
    if (file.header(words.newest, record) != Fetched::ok || record.type != RecordType::frame) return false;
    std::uint64_t at = after(record, file.capacity());
    while (at < words.head && file.header(at, record) == Fetched::ok) at = after(record, file.capacity());
    // Nothing whole may follow where the log is said to end.
    return at == words.head && file.header(at, record) != Fetched::ok;
}

Resume find_end(const RingFile& file, const Words& stored) {
    const auto told = follow_words(file, stored);
    return told ? *told : search(file);
}

Tally count_records(const RingFile& file, const Words& words) {
    Counter counter(file, words.tail);
    std::uint64_t expected = words.tail;
    RecordHeader record{};
    while (expected < words.head) {
        const bool there = file.header(expected, record) == Fetched::ok;
        if (!there) counter.gap(expected);
        if (!there && !file.find(expected + 8, words.head, record)) break;
        counter.count(record);
        expected = after(record, file.capacity());
    }
    return counter.sum();
}

}  // namespace virtscope::ring
