// Image: the state after the newest frame as it is in memory, kept behind the log so that the newest frame
// is read without decoding anything.
//
// Header of 128 bytes; then per scope in order of Scope: i64 time a row; u64 present a row; u8 quality a row, zeros to a
// multiple of 8; u64 cells, all columns, row by row (0 where absent); then per scope: u64 sticky a row.
//
// A seqlock: the writer sets `sequence` to 0, writes everything else, then sets it. A reader that finds the
// same header before and after, and the CRCs right, has a whole one. An image that does not fit is not written.
#pragma once

#include <cstdint>

#include "core/crc32c.h"
#include "core/ring/codec.h"
#include "core/ring/file.h"

namespace virtscope::ring {

struct ImageHeader {
    std::uint64_t sequence;  // of the frame; 0: none, or being written
    std::uint64_t position;  // of its record
    std::uint64_t roster;    // of its roster record
    std::int64_t realtime;
    std::int64_t monotonic;
    std::int64_t boottime;
    std::uint64_t events;    // how many the frame has; they are in the record
    CrcLanes tables;         // CRC-32C in lanes, see core/crc32c.h; block by block as listed above
    CrcLanes sticky;
    std::uint32_t roster_number;
    std::array<std::uint8_t, 32> reserved;
    std::uint32_t crc;       // of the 124 bytes before, started from the salt
};
static_assert(laid_out<ImageHeader, 128>);

// Bytes an image of such a frame takes.
std::uint64_t image_size(const Roster& roster);

// Writes images; keeps its working memory.
class ImageWriter {
public:
    // Writes `state` to the image area of an open ring file. False: an input/output error (errno).
    bool write(int fd, const ConstantPart& constant, const State& state, std::uint64_t position, std::uint64_t roster,
               std::uint32_t roster_number, std::size_t events);

private:
    Bytes rows_;
};

// Reads images; keeps its working memory.
class ImageReader {
public:
    // The header of the image there is now; sequence 0 if there is none that can be used.
    static ImageHeader header(const RingFile& file);
    // The tables of the frame with that header, without its events. False if a writer came by or it is damaged.
    bool read(const RingFile& file, const ImageHeader& header, RosterPtr roster, Frame& frame);
    // The masks that make it a state; false as above.
    bool sticky(const RingFile& file, const ImageHeader& header, State& state);

private:
    Bytes rows_;
};

}  // namespace virtscope::ring
