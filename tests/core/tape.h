// Tape: a ring that a test fills frame by frame, second by second, and then reads.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/frame.h"
#include "core/ring/reader.h"
#include "core/ring/writer.h"
#include "tests/core/sample.h"

namespace virtscope::sample {

inline constexpr std::int64_t second = 1'000'000'000;
inline constexpr std::int64_t epoch = 1'700'000'000 * second;  // realtime of second 0

// Seconds of the tape to realtime.
constexpr std::int64_t at(double seconds) { return epoch + static_cast<std::int64_t>(seconds * 1e9); }

// A changed copy of a roster.
template <class Change>
RosterPtr changed(const RosterPtr& roster, Change change) {
    auto made = std::make_shared<Roster>(*roster);
    change(*made);
    return made;
}

class Tape {
public:
    explicit Tape(std::uint64_t bytes = 4 << 20);

    // A frame at that second, all absent but for what `fill` sets.
    void add(double seconds, const RosterPtr& who, const std::function<void(Frame&)>& fill = {});
    RingReader reader() const;
    const std::string& path() const { return path_; }
    const Directory& directory() const { return directory_; }

private:
    Directory directory_;
    std::string path_;
    RingWriter writer_;
};

}  // namespace virtscope::sample
