// RingFile: reads a ring file's header and records, checked, by pread.
//
// By pread and not through a mapping, because a file that is cut short under a mapping kills the
// process with SIGBUS, and a monitoring program must not die of somebody's `truncate`. On Linux pread
// sees the writer's shared mapping at once (both are the page cache); a system call costs less
// than the page faults it saves.
//
// Whatever comes back as `ok` is whole: right position, CRC matched, not being overwritten.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/fd.h"
#include "core/result.h"
#include "core/ring/codec.h"
#include "core/ring/format.h"

namespace virtscope::ring {

enum class Fetched { ok, lapped, damaged };

// What stands at the front of a file.
enum class Front {
    ready,
    unfinished,       // empty, or its creation was cut short
    no_ring,
    damaged,          // a ring once, but its header does not check
    other_byte_order,
    other_version,
    other_catalogue,
};
Front examine(const HeaderPage& header, std::uint64_t file_size);

// Reads as much of the header page as there is; the rest stays zero. Errors: system.
Result<HeaderPage> read_header(int fd, const std::string& path);

class RingFile {
public:
    // `fd` stays the caller's. `constant` has passed examine() as ready.
    RingFile(int fd, std::string path, const ConstantPart& constant);

    const std::string& path() const { return path_; }
    std::uint64_t capacity() const { return constant_.capacity; }
    std::uint64_t image() const { return constant_.image; }
    std::uint64_t salt() const { return constant_.salt; }
    // The first error met in reading; 0: none.
    int read_error() const { return read_error_; }
    bool is_recording() const { return (constant_.flags & ring::is_recording) != 0; }

    // Tail, newest and head as they are now. Errors: malformed (they contradict each other, or the
    // file was cut short).
    Result<Words> words() const;
    // The words in the file are damaged: take these instead until a writer has stored others.
    void replace_words(const Words& found);

    // The header of the record at `position`. Whether it has been overtaken since, its payload will tell.
    Fetched header(std::uint64_t position, RecordHeader& out) const;
    // The payload of a record whose header came from here; its head is checked, its shelves are for the
    // decoder to check.
    Fetched payload(const RecordHeader& header, Bytes& out) const;
    // Only the head of the payload, checked by its CRC alone.
    Fetched head(const RecordHeader& header, Bytes& out) const;
    // One shelf of it, checked.
    Fetched shelf(const RecordHeader& header, const Shelf& shelf, Bytes& out) const;

    // Whether the whole record checks. Does not ask whether a writer is at it: for the writer, which is the only one.
    bool intact(const RecordHeader& header, Bytes& scratch) const;

    // The first record header at or after `position` and before `end`, past bytes that are none. False
    // if there is none.
    bool find(std::uint64_t position, std::uint64_t end, RecordHeader& out) const;
    // The first record header of any lap at or after `offset` of the data area.
    bool find_any(std::uint64_t offset, RecordHeader& out) const;

    // The record after `header`, or the next one that can be recognised; `skipped` tells if bytes
    // between them were none.
    bool next(const RecordHeader& header, std::uint64_t end, RecordHeader& out, bool& skipped) const;

    // What was read so far: bytes, and some for each call.
    std::uint64_t work() const { return work_; }

    // Bytes of the file; false if it has not so many.
    bool read_at(std::uint64_t offset, std::span<std::byte> to) const;

private:
    std::size_t read_some_at(std::uint64_t offset, std::span<std::byte> to) const;
    std::string advice() const;
    bool read(std::uint64_t offset, std::span<std::byte> to) const;
    Fetched part(const RecordHeader& header, std::uint64_t begin, std::uint64_t length, std::uint64_t checked,
                 std::uint32_t crc, Bytes& out) const;
    bool scan(std::uint64_t offset, std::uint64_t end, std::uint64_t lap, RecordHeader& out) const;
    bool overtaken(std::uint64_t position) const;

    int fd_;
    std::string path_;
    ConstantPart constant_;
    std::optional<Words> found_;
    Words damaged_{};
    mutable std::uint64_t work_ = 0;
    mutable int read_error_ = 0;
};

}  // namespace virtscope::ring
