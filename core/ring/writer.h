// RingWriter: publishes frames into the ring file. One writer a ring (flock on the descriptor, so a
// killed writer leaves no stale lock); it never waits for a reader.
//
// A writer killed at any instruction leaves every earlier frame readable, and the next writer
// continues the same file: open() finds the last whole record and goes on after it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/frame.h"
#include "core/result.h"

namespace virtscope {

inline constexpr std::uint64_t default_ring_bytes = 64ULL << 20;

class RingWriter {
public:
    // Creates the file (mode 0640, fully allocated so that a full disk shows here and not
    // later) or continues it. A file of another version, catalogue or size, or with a header damaged in both places, is
    // set aside as PATH.old; sequences go on from it where they can be read. `bytes` (16 KiB to
    // 1 TiB, rounded up to whole pages) is the room for records.
    // Errors: busy (another writer has it), denied, system (disk full), malformed (something that is
    // no ring stands in the way, or a recording: neither is ever overwritten).
    // Frames are numbered on from `sequence` if that is more than the file's last one.
    static Result<RingWriter> open(const std::string& path, std::uint64_t bytes, std::uint64_t sequence = 0);
    // A ring for this process alone, in memory that is taken only as it fills, and gone with the writer. Errors: system,
    // malformed (`bytes`).
    static Result<RingWriter> in_memory(std::uint64_t bytes);
    RingWriter(RingWriter&&) noexcept;
    RingWriter& operator=(RingWriter&&) noexcept;
    ~RingWriter();

    // Publishes the frame under the next sequence number, which it writes into `frame`. Readers see
    // it at once and whole. Does not block but for page faults, and allocates nothing once it has met
    // a frame of that size. Errors: unsupported (the frame or its roster is larger than a quarter of the
    // ring), malformed (tables not of the roster's shape; the file was cut short). Nothing is
    // published then and `frame` stays as it was.
    // `later`: readers who sleep are not woken before wake_readers().
    enum class Wake { now, later };
    Result<> publish(Frame& frame, Wake wake = Wake::now);
    void wake_readers();

    // The next frame gets a number above `sequence`, too.
    void number_on_from(std::uint64_t sequence);
    // Of the last frame published; 0: none yet.
    std::uint64_t sequence() const;
    // The file's descriptor, for syncing it; stays the writer's.
    int fd() const;

    // Under which readers open it; of one in memory those of this process, while the writer is there.
    const std::string& path() const;

    // Bytes appended since open().
    std::uint64_t bytes_written() const;

    // What open() did that a log should say ("…: other size: set aside as …"); empty if nothing.
    const std::string& notice() const;

private:
    struct State;
    explicit RingWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace virtscope
