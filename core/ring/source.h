// What a RingReader has open: the file that is the ring now, and what is remembered of it.
#pragma once

#include <memory>
#include <string>

#include "core/ring/file.h"
#include "core/ring/image.h"
#include "core/ring/index.h"
#include "core/ring/open_to_read.h"
#include "core/ring/reader.h"
#include "core/ring/replay.h"
#include "core/ring/roster_cache.h"
#include "core/ring/waiter.h"

namespace virtscope {

struct RingReader::Source {
    Source(std::string name, ring::OpenedRing from)
        : path(std::move(name)), opened(std::move(from)), file(opened.fd.get(), path, opened.constant) {}

    std::string path;
    ring::OpenedRing opened;
    ring::RingFile file;
    ring::FrameIndex index;
    ring::RosterCache rosters;
    ring::ImageReader images;
    ring::Replay replay;
    ring::Waiter waiter;
    ring::Bytes scratch;
    FramePtr last;              // the newest frame returned, and where it was
    std::uint64_t last_at = 0;
    bool replaced = false;      // the file is another one than at the last since(), or its numbering began anew
    bool told = true;           // wait() has said so

    // Errors: those of RingReader::open().
    static Result<std::unique_ptr<Source>> open(const std::string& path);
    void mend_words();
    bool made_anew() const;
    Result<> follow();
    // To be called before the index is used: follows the writer to another file, brings in what was published.
    Result<> refresh();
    // The frame of the index; null if it was overwritten or is damaged.
    FramePtr frame_at(std::size_t i);
    // Of the frames of that boot from the `back`-th newest to `earliest` (monotonic ns) the one with the fewest bytes
    // between it and the state it is based on, as its place from the newest.
    std::size_t cheapest_before(std::size_t back, std::uint64_t boot, std::int64_t earliest);
    FramePtr from_image();
    bool add_events(const ring::ImageHeader& image, Frame& frame);
    FramePtr newest_whole();
};

}  // namespace virtscope
