// Decoding backwards, where a damaged record bars the way forward.
#include "core/ring/replay.h"

#include <utility>

namespace virtscope::ring {
namespace {

// The frames from `target` on which are decoded from the same base, it included. Empty if one of them cannot be read.
// `behind` is the position behind the last of them.
std::vector<RecordHeader> frames_behind(const RingFile& file, const RecordHeader& target, std::uint64_t& behind) {
    std::vector<RecordHeader> frames{target};
    const auto words = file.words();
    behind = after(target, file.capacity());
    while (words && frames.back().position < words->newest) {
        RecordHeader record{};
        if (file.header(behind, record) != Fetched::ok) return {};
        if (record.type == RecordType::checkpoint || record.base() != target.base()) {
            if (record.type != RecordType::padding && record.type != RecordType::roster) break;
        }
        if (record.type == RecordType::frame) frames.push_back(record);
        if (frames.size() > longest_group) return {};
        behind = after(record, file.capacity());
    }
    return frames;
}

}  // namespace

bool Replay::state_of_image(const RingFile& file, RosterCache& rosters, const RecordHeader& newest) {
    ImageReader images;
    const ImageHeader header = ImageReader::header(file);
    RosterPtr roster;
    if (header.sequence == 0 || header.position != newest.position) return false;
    if (rosters.get(file, header.roster, header.roster_number, scratch_, roster) != Fetched::ok) return false;
    state_.reset(roster);
    return images.read(file, header, roster, state_.frame) && images.sticky(file, header, state_);
}

// The state after the frame `last`, out of the checkpoint at `behind` or of the image.
bool Replay::state_behind(const RingFile& file, RosterCache& rosters, const RecordHeader& last, std::uint64_t behind) {
    RecordHeader record{};
    // A roster or padding may stand before the checkpoint.
    while (file.header(behind, record) == Fetched::ok && record.type != RecordType::checkpoint) {
        if (record.type == RecordType::frame) return state_of_image(file, rosters, last);
        behind = after(record, file.capacity());
    }
    if (record.type != RecordType::checkpoint || record.sequence != last.sequence) return state_of_image(file, rosters, last);
    const Part part = std::exchange(part_, Part::all);
    const Fetched begun = begin(file, rosters, record.position);
    part_ = part;
    state_.sticky = state_.closing;
    return begun == Fetched::ok;
}

bool Replay::undo(const RingFile& file, const RecordHeader& record, std::int64_t before) {
    if (file.payload(record, scratch_) != Fetched::ok) return false;
    const auto head = std::span<const std::byte>(scratch_).first(record.head);
    if (!decode_head(head, record.length, record.monotonic, head_)) return false;
    if (!shelves_intact(scratch_, head_, crc_seed(file.salt()))) return false;
    if (!undo_shelves(scratch_, head_, before, state_)) return false;
    state_.frame.monotonic = before;
    return true;
}

// The frame's own times and events.
bool Replay::take_head(const RingFile& file, const RecordHeader& target) {
    if (file.head(target, scratch_) != Fetched::ok) return false;
    if (!decode_head(scratch_, target.length, target.monotonic, head_)) return false;
    settle(head_, {target.realtime, target.monotonic, target.sequence, false}, state_.frame);
    state_.frame.events = head_.events;
    return true;
}

Fetched Replay::backward(const RingFile& file, RosterCache& rosters, const RecordHeader& target) {
    at_ = 0;
    std::uint64_t behind = 0;
    auto frames = frames_behind(file, target, behind);
    if (frames.empty() || !state_behind(file, rosters, frames.back(), behind)) return Fetched::damaged;
    at_ = 0;
    for (; frames.size() > 1; frames.pop_back()) {
        if (!undo(file, frames.back(), frames[frames.size() - 2].monotonic)) return Fetched::damaged;
    }
    if (!take_head(file, target)) return Fetched::damaged;
    const Roster& roster = *state_.frame.roster;
    if (part_ == Part::guest && !find_guest(roster)) return Fetched::damaged;
    if (part_ != Part::all) hide_others(0, roster.guests.size() + 1);
    at_ = target.position;
    next_ = after(target, file.capacity());
    base_ = target.base();
    return Fetched::ok;
}

}  // namespace virtscope::ring
