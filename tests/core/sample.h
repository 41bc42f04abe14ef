// Rosters and frames whose every cell follows from (sequence, scope, row, column): a frame that was
// read can be told from any that was not written.
#pragma once

#include <cstdint>
#include <string>

#include "core/frame.h"

namespace virtscope::sample {

// `guests` guests with two vCPUs, a disk and a NIC each; `edition` changes names.
RosterPtr roster(std::size_t guests, unsigned edition = 0);

// The frame with that number; `all` fills every cell, otherwise some are absent.
Frame frame(std::uint64_t number, const RosterPtr& who, bool all = false);
// Makes `into` that frame, reusing its memory.
void fill(Frame& into, std::uint64_t number, const RosterPtr& who, bool all = false);

// Whether `frame` is what fill() made for its sequence, with a roster of edition() and any guest count.
bool genuine(const Frame& frame, bool all = false);

bool same(const Frame& a, const Frame& b);

// A directory of its own that goes away with the object.
class Directory {
public:
    Directory();
    ~Directory();
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    std::string file(const std::string& name) const { return path_ + "/" + name; }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

std::string read_all(const std::string& path);
void write_all(const std::string& path, const std::string& content);

}  // namespace virtscope::sample
