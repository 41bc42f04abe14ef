// Store: where the agent's frames go. The ring file; while that cannot be written (disk full, read-only or failing), its
// stand-in in memory, so that sampling never stops. It returns to the file as soon as that has room, to one that keeps
// failing less and less often, and carries over what was kept in memory. A file that was cut short or removed is made again.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/syncer.h"
#include "core/result.h"
#include "core/ring/writer.h"

namespace virtscope {

class Store {
public:
    // Errors: what a person must mend (malformed, busy, denied, a folder that is absent). A disk that does not
    // take the ring is none: it begins in memory, and says so.
    static Result<Store> open(const std::string& path, std::uint64_t bytes);

    // Publishes into the file or the stand-in. Errors: those of RingWriter that have nothing to do with the disk;
    // those of the stand-in where that fails, too.
    Result<> publish(Frame& frame);

    // Wakes the readers who sleep: when the tick has done its work, so that they do not take its CPU.
    void wake_readers() {
        if (writer_) writer_->wake_readers();
    }

    bool is_in_memory() const { return in_memory_; }
    std::uint64_t bytes_written() const { return carried_ + (writer_ ? writer_->bytes_written() : 0); }

    // What happened since it was asked last: lines for the log, which are events, too.
    std::vector<Event> take_events() { return std::exchange(events_, {}); }

private:
    Store(std::string path, std::uint64_t bytes) : path_(std::move(path)), bytes_(bytes) {}

    Result<> open_file();
    Result<> fall_back(const Error& why);
    void try_to_return();
    bool has_room() const;
    Result<> carry_over(RingWriter& to);
    Result<> recover(const Error& why);
    void take(RingWriter writer, bool in_memory);
    void drop_writer();

    std::string path_;
    std::uint64_t bytes_;
    std::unique_ptr<RingWriter> writer_;  // null where neither file nor stand-in could be opened
    std::uint64_t sequence_ = 0;          // of the last frame of a writer that is gone
    std::unique_ptr<Syncer> syncer_;
    bool in_memory_ = false;
    std::uint64_t carried_ = 0;      // bytes written by writers before this one
    std::uint64_t tries_ = 0;        // of returning, since the disk was good last
    std::uint64_t next_try_ = 0;     // frames until the next one
    std::string refused_;            // why the last one failed
    std::vector<Event> events_;
};

}  // namespace virtscope
