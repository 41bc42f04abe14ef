// Journal: what was ordered, on disk before it is done, and what came of it. JSON lines, only appended to; each is on the
// disk (fsync) when the call returns. At 1 MiB the file becomes FILE.1.
//
// Threading: any thread. Not for the tick's: fsync takes as long as the disk does.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "agent/control/authority.h"
#include "core/fd.h"
#include "orders/wire.h"

namespace virtscope::control {

// An order that was begun, and of which nobody knows how it ended: the agent died in between.
struct Unfinished {
    std::string id;
    std::string verb;
    Uuid guest;
    std::string name;
    std::string user;
};

class Journal {
public:
    explicit Journal(std::string path);

    // Finds the unfinished orders of earlier runs and writes their outcome down as unknown. Called once, before the
    // first order. They are not repeated: what they did is in the guest's state. A torn last line is passed over.
    std::vector<Unfinished> settle();

    // Before carrying out: the id of the order. Errors: the disk refuses; the order must not be carried out then.
    Result<std::string> intend(const Order& order, const Peer& peer);

    // Afterwards. Errors: the disk refuses; the next start will report the order as unknown.
    Result<> finish(const std::string& id, Outcome outcome, const std::string& error);

private:
    Result<> append(const std::string& line);
    Result<> open();
    void rotate();

    std::mutex mutex_;
    std::string path_;
    Fd file_;
    std::uint64_t size_ = 0;
    bool torn_ = false;          // the last line has no end
    unsigned under_way_ = 0;     // intents of this run without outcome
    std::int64_t started_ = 0;   // first part of ids
    std::uint64_t orders_ = 0;
};

}  // namespace virtscope::control
