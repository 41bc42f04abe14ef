#include "core/ring/record_pass.h"

#include <algorithm>

namespace virtscope::ring {

RecordPass::RecordPass(const RingFile& file, const Words& words) : file_(file) {
    std::uint64_t expected = words.tail;
    RecordHeader record{};
    while (expected < words.head) {
        if (file.header(expected, record) != Fetched::ok) {
            const bool more = file.find(expected + 8, words.head, record);
            skip(expected, more ? record.position : words.head);
            if (!more) break;
        }
        look(record);
        expected = after(record, file.capacity());
    }
    // The newest frame stood where nothing is recognised.
    const bool lost_newest =
        gap_ != 0 && words.newest != 0 && (frames_.empty() || frames_.back().position < words.newest);
    if (lost_newest) ++missing_;
}

bool RecordPass::overtaken(std::uint64_t position) const {
    const auto now = file_.words();
    return now && now->tail > position;
}

void RecordPass::look(const RecordHeader& record) {
    if (record.type == RecordType::padding) return;
    bool good = file_.intact(record, scratch_);
    if (good && record.type == RecordType::roster) good = decode_roster(scratch_).has_value();
    if (!good && !overtaken(record.position)) damage_.push_back(record.position);
    if (record.type == RecordType::frame) meet(record);
}

// Frames that were in the gap before this one. Numbers that jump are no proof: a recording keeps those of its ring.
std::uint64_t RecordPass::missing_before(const RecordHeader& frame) const {
    if (gap_ == 0 || frame.previous() < gap_begin_) return 0;
    // The one it refers to was the first behind the last one seen, or nothing is known of how many there were before.
    if (frame.previous() == gap_begin_ || frames_.empty()) return 1;
    const std::uint64_t jump = frame.sequence - frames_.back().sequence - 1;
    return std::min(jump, gap_ / sizeof(RecordHeader));
}

void RecordPass::meet(const RecordHeader& frame) {
    positions_.push_back(frame.position);
    while (!frames_.empty() && frames_.back().sequence >= frame.sequence) frames_.pop_back();
    missing_ += missing_before(frame);
    gap_ = 0;
    frames_.push_back({.position = frame.position, .sequence = frame.sequence, .base = frame.base()});
}

// What a writer came by is no damage; nothing before it is there any more.
void RecordPass::skip(std::uint64_t from, std::uint64_t to) {
    if (overtaken(from)) {
        frames_.clear();
        gap_ = 0;
    } else {
        if (gap_ == 0) gap_begin_ = from;
        damage_.push_back(from);
        gap_ += to - from;
    }
}

bool RecordPass::damaged_between(std::uint64_t from, std::uint64_t to) const {
    const auto within = [&](const std::vector<std::uint64_t>& places) {
        const auto at = std::ranges::lower_bound(places, from);
        return at != places.end() && *at <= to;
    };
    return within(damage_) || within(lies_);
}

std::uint64_t RecordPass::count(std::uint64_t from, std::uint64_t to) const {
    const auto first = std::ranges::lower_bound(positions_, from);
    const auto last = std::ranges::upper_bound(positions_, to);
    return last <= first ? 0 : static_cast<std::uint64_t>(last - first);
}

}  // namespace virtscope::ring
