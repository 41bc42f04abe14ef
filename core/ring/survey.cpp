#include "core/ring/survey.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
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
        offset = record.position % file.capacity() + record_size(record.length);
    }
    std::ranges::sort(found, {}, &RecordHeader::position);
    return found;
}

Resume search(const RingFile& file) {
    Resume end{.words = {.tail = file.capacity(), .newest = 0, .head = file.capacity()}};
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
    explicit Counter(const RingFile& file) : file_(file) {}

    void count(const RecordHeader& record) {
        if (record.type == RecordType::padding) return;
        const Fetched fetched = file_.payload(record, scratch_);
        if (fetched == Fetched::damaged) ++tally.damaged;
        if (fetched != Fetched::ok) return;
        if (record.type == RecordType::roster) rosters_.insert(record.position);
        if (record.type != RecordType::frame || !rosters_.contains(record.roster)) return;
        if (tally.frames++ == 0) tally.from = record.realtime;
        tally.to = record.realtime;
        tally.values += record.values;
    }

    // Bytes from `position` on were no record: damage, unless a writer has come by.
    void gap(std::uint64_t position) {
        const auto now = file_.words();
        if (now && now->tail <= position) ++tally.damaged;
    }

    Tally tally;

private:
    const RingFile& file_;
    std::unordered_set<std::uint64_t> rosters_;
    Bytes scratch_;
};

}  // namespace

Resume find_end(const RingFile& file, const Words& stored) {
    const auto told = follow_words(file, stored);
    return told ? *told : search(file);
}

Tally count_records(const RingFile& file, const Words& words) {
    Counter counter(file);
    std::uint64_t expected = words.tail;
    RecordHeader record{};
    while (expected < words.head) {
        const bool there = file.header(expected, record) == Fetched::ok;
        if (!there) counter.gap(expected);
        if (!there && !file.find(expected + 8, words.head, record)) break;
        counter.count(record);
        expected = after(record, file.capacity());
    }
    return counter.tally;
}

}  // namespace virtscope::ring
