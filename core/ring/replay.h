// Replay: decodes frames out of the log: from the record that a frame is based on, over those between.
//
// Going forward costs one frame a step; going back starts again from the base. What cannot be decoded
// forwards because a record on the way is damaged is decoded backwards from the next checkpoint, or from the
// image of the newest frame: one damaged record costs one frame.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/ring/file.h"
#include "core/ring/image.h"
#include "core/ring/roster_cache.h"

namespace virtscope::ring {

// More records than any writer puts behind a base: nobody is kept busy by a file that has more.
inline constexpr std::size_t longest_group = 2 * group_frames;

class Replay {
public:
    // With a guest: only its rows are decoded, all others stay absent; frames without it cannot be decoded.
    // With `host_only` and no guest: only the host's and the agent's rows.
    explicit Replay(std::optional<Uuid> guest = {}, bool host_only = false)
        : only_(guest), part_(guest ? Part::guest : host_only ? Part::host : Part::all) {}

    // Brings the state to the frame with that header, which came from `file`.
    Fetched to(const RingFile& file, RosterCache& rosters, const RecordHeader& target);
    const Frame& frame() const { return state_.frame; }
    // The guest is not in the roster of the frame asked for last.
    bool without_guest() const { return without_guest_; }
    void clear() { at_ = 0; }

private:
    enum class Part { all, guest, host };

    Fetched begin(const RingFile& file, RosterCache& rosters, std::uint64_t base);
    Fetched forward(const RingFile& file, const RecordHeader& target);
    Fetched apply(const RingFile& file, const RecordHeader& record, bool from_nothing);
    void hide_others(std::size_t first, std::size_t end);
    Fetched apply_all(const RingFile& file, const RecordHeader& record, const Stamp& stamp);
    Fetched apply_part(const RingFile& file, const RecordHeader& record, const Stamp& stamp);
    bool decode_part(const Stamp& stamp);
    bool find_guest(const Roster& roster);
    Fetched backward(const RingFile& file, RosterCache& rosters, const RecordHeader& target);
    bool state_behind(const RingFile& file, RosterCache& rosters, const RecordHeader& last, std::uint64_t behind);
    bool state_of_image(const RingFile& file, RosterCache& rosters, const RecordHeader& newest);
    bool undo(const RingFile& file, const RecordHeader& record, std::int64_t before);
    bool take_head(const RingFile& file, const RecordHeader& target);

    std::optional<Uuid> only_;
    Part part_;
    std::size_t guest_ = 0;       // its place in the roster
    bool without_guest_ = false;
    State state_;
    std::uint64_t at_ = 0;        // record that the state is after; 0: no state
    std::uint64_t base_ = 0;      // record that it was decoded from
    std::uint64_t next_ = 0;      // the record behind it
    Bytes scratch_;
    Head head_;
};

}  // namespace virtscope::ring
