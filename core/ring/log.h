// Log: appends records to the data area of a ring, moving the tail out of their way. Why the stores are
// ordered as they are: core/ring/format.h.
#pragma once

#include <cstdint>

#include "core/result.h"
#include "core/ring/codec.h"
#include "core/ring/writer_file.h"

namespace virtscope::ring {

class Log {
public:
    // Goes on where the file says; begin() tells the file where that is.
    explicit Log(WriterFile opened);

    const WriterFile& file() const { return file_; }
    const Words& words() const { return words_; }
    std::uint64_t capacity() const { return file_.constant.capacity; }
    std::uint64_t bytes_written() const { return written_; }

    // Errors: unsupported: a record of that payload is more than a quarter of the ring.
    Result<> fits(const Payload& payload, std::string_view what) const;

    // Where a record of that payload will lie.
    std::uint64_t next_position(const Payload& payload) const;

    // Writes a record, whose header lacks only what follows from its place and payload; returns its position.
    // Errors: those of the disk. Then nothing was appended.
    Result<std::uint64_t> append(RecordHeader header, const Payload& payload);

    // Makes the frame record at `position` the newest one. Errors: those of the disk.
    Result<> publish(std::uint64_t position);
    // Wakes those who wait for a frame.
    void wake_readers();

    // Errors: malformed: the file was cut short under us.
    Result<> whole_file() const;

private:
    Result<> make_room(std::uint64_t end);
    Result<> pad(std::uint64_t rest);
    void seal(RecordHeader& header, const Bytes* head) const;
    bool store(std::uint64_t offset, std::uint64_t value) const;
    std::uint64_t at(std::uint64_t position) const { return page + offset_of(position, capacity()); }

    WriterFile file_;
    Words words_;
    std::uint64_t written_ = 0;
};

}  // namespace virtscope::ring
