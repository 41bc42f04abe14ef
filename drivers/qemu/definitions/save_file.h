// A saved guest: what it was, and QEMU's migration stream, in one file.
//
//     0  magic, 16 bytes            24  length of the stream     36  CRC-32C of bytes 0 to 35 and of the facts
//    16  version (1)                32  CRC-32C of the stream    40  facts: each its length (4 bytes) and its bytes
//    20  length of the facts                                     ..  the stream, from the next multiple of 4096
//
// Numbers are little endian. The first 40 bytes are written last, so that a file which was not finished is no saved
// guest.
//
// Threading: an object by one thread at a time. Both own their file.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/fd.h"
#include "core/result.h"
#include "core/uuid.h"

namespace virtscope::qemu {

struct SaveFacts {
    Uuid uuid;
    std::string name;
    std::string qemu;     // "7.2.22"
    std::string cpu;      // the host's CPU model
    bool kvm = false;     // the guest saw that CPU
    bool paused = false;  // the guest was paused when it was saved
    std::string xml;      // the definition of that run, in canonical form
};

// May a guest be saved there? Errors: busy (it is there and `replace` was not said), absent (its folder).
Result<> check_save_path(const std::string& path, bool replace);

// Bytes done and in all.
using Advance = std::function<void(std::uint64_t done, std::uint64_t total)>;

class SaveWriter {
public:
    // Makes PATH.part; while it is not finished, its end removes it. Errors: busy (PATH is there and `replace` was not
    // said, or PATH.part is being written), denied, absent (the folder), system.
    static Result<SaveWriter> create(const std::string& path, const SaveFacts& facts, bool replace);
    SaveWriter(SaveWriter&&) noexcept = default;
    SaveWriter& operator=(SaveWriter&&) = delete;
    ~SaveWriter();

    int fd() const { return file_.get(); }  // stands where the stream begins; the stream ends where it ends
    // Reads the stream for its checksum, writes the header, and puts the file in its place, all synced.
    Result<> finish();

private:
    SaveWriter(std::string path, bool replace) : path_(std::move(path)), replace_(replace) {}
    Result<> seal();

    std::string path_;
    bool replace_;
    Fd file_;
    std::string facts_;
};

class SaveReader {
public:
    // Errors: absent, denied, malformed (no saved guest, damaged, or cut short: says how much is missing).
    static Result<SaveReader> open(const std::string& path);

    const SaveFacts& facts() const { return facts_; }
    std::uint64_t stream_bytes() const { return stream_bytes_; }
    // Reads all of the stream. Errors: malformed (damaged), system.
    Result<> check_stream(const Advance& advance) const;
    // Stands where the stream begins after rewind().
    int fd() const { return file_.get(); }
    Result<> rewind() const;
    std::uint64_t position() const;  // in the stream, of whoever reads the descriptor

private:
    explicit SaveReader(std::string path) : path_(std::move(path)) {}
    Result<> read_head();

    std::string path_;
    Fd file_;
    SaveFacts facts_;
    std::uint64_t stream_at_ = 0;
    std::uint64_t stream_bytes_ = 0;
    std::uint32_t stream_crc_ = 0;
};

}  // namespace virtscope::qemu
