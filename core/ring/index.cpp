#include "core/ring/index.h"

namespace virtscope::ring {

std::vector<RecordHeader> frames_between(const RingFile& file, std::uint64_t from, std::uint64_t to) {
    std::vector<RecordHeader> frames;
    RecordHeader record{};
    bool more = file.find(from, to, record);
    while (more) {
        const bool rising = frames.empty() || record.sequence > frames.back().sequence;
        if (record.type == RecordType::frame && rising) frames.push_back(record);
        bool skipped = false;
        more = file.next(record, to, record, skipped);
    }
    return frames;
}

Result<> FrameIndex::refresh(const RingFile& file) {
    // A fast writer may overtake the walk; each attempt starts from newer words.
    for (int attempt = 0; attempt < 8; ++attempt) {
        const auto words = file.words();
        if (!words) return std::unexpected(words.error());
        tail_ = words->tail;
        // Positions only grow, unless a writer found nothing whole to go on from.
        if (!frames_.empty() && words->head <= frames_.back().position) clear_frames();
        drop_lapped();
        if (words->newest == 0 || (!frames_.empty() && frames_.back().position == words->newest)) return {};
        if (walk_back(file, *words)) return {};
    }
    return {};
}

// From the newest frame back to the newest one known; only to the newest where none is.
bool FrameIndex::walk_back(const RingFile& file, const Words& words) {
    const std::uint64_t known = frames_.empty() ? 0 : frames_.back().position;
    const std::uint64_t sequence = frames_.empty() ? 0 : frames_.back().sequence;
    const std::uint64_t unknown = frames_.empty() ? words.tail : after(frames_.back(), file.capacity());
    std::vector<RecordHeader> fresh;
    std::uint64_t at = words.newest;
    while (at > known && at >= words.tail) {
        RecordHeader record{};
        const Fetched fetched = file.header(at, record);
        if (fetched == Fetched::lapped) return false;
        const bool falling = fresh.empty() || record.sequence < fresh.back().sequence;
        if (fetched == Fetched::ok && fresh.empty() && record.sequence <= sequence) {
            // The numbering began anew after a writer found nothing whole to go on from.
            frames_.clear();
            return false;
        }
        if (fetched == Fetched::damaged || record.type != RecordType::frame || !falling || record.sequence <= sequence) {
            append_found(file, unknown, at);
            break;
        }
        fresh.push_back(record);
        if (known == 0) break;
        at = record.previous();
    }
    frames_.insert(frames_.end(), fresh.rbegin(), fresh.rend());
    drop_lapped();
    return true;
}

// A frame whose base is overwritten cannot be decoded any more.
void FrameIndex::drop_lapped() {
    while (!frames_.empty() && frames_.front().base() < tail_) frames_.pop_front();
}

void FrameIndex::append_found(const RingFile& file, std::uint64_t from, std::uint64_t to) {
    const bool all = frames_.empty();
    for (const RecordHeader& record : frames_between(file, from, to)) {
        if (frames_.empty() || record.sequence > frames_.back().sequence) frames_.push_back(record);
    }
    if (all && !frames_.empty()) floor_ = frames_.front().position;
}

bool FrameIndex::extend(const RingFile& file) {
    if (frames_.empty()) return false;
    const RecordHeader& front = frames_.front();
    if (front.previous() == 0 || front.previous() < tail_ || front.previous() < floor_) return false;
    RecordHeader record{};
    switch (file.header(front.previous(), record)) {
        case Fetched::lapped: floor_ = front.position; return false;
        case Fetched::damaged: return find_older(file, front.previous());
        case Fetched::ok: break;
    }
    if (record.type != RecordType::frame || record.sequence >= front.sequence) return find_older(file, front.previous());
    if (record.base() < tail_) {
        floor_ = front.position;
        return false;
    }
    frames_.push_front(record);
    return true;
}

bool FrameIndex::find_older(const RingFile& file, std::uint64_t to) {
    const std::uint64_t sequence = frames_.front().sequence;
    auto older = frames_between(file, tail_, to);
    std::erase_if(older, [&](const RecordHeader& record) { return record.sequence >= sequence || record.base() < tail_; });
    frames_.insert(frames_.begin(), older.begin(), older.end());
    floor_ = frames_.front().position;
    return !older.empty();
}

}  // namespace virtscope::ring
