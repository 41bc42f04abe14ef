// A saved guest in a file as `xl save` writes and `xl restore` reads it (tools/xl of Xen 4.17):
//
//      0  magic, 32 bytes                    40  optional flags: 0
//     32  0x01020304 in the host's order     44  length of what follows
//     36  mandatory flags: 1 the             48  length of the configuration with its final 0 (4 bytes),
//         configuration is JSON, 2 the           and that configuration
//         stream is of version 2             ..  libxenlight's stream, to the end of the file
//
// Threading: an object by one thread at a time. Both own their file.
#pragma once

#include <cstdint>
#include <string>

#include "core/fd.h"
#include "core/result.h"

namespace virtscope::libxl {

// May a guest be saved there? Errors: malformed (no absolute path), busy (it is there and `replace` was not said),
// absent and denied (its folder).
Result<> check_save_path(const std::string& path, bool replace);

class SaveWriter {
public:
    // Makes PATH.part, which is removed again when this ends before finish(). Errors: as check_save_path(), system.
    static Result<SaveWriter> create(const std::string& path, const std::string& config_json, bool replace);
    SaveWriter(SaveWriter&&) noexcept = default;
    SaveWriter& operator=(SaveWriter&&) = delete;
    ~SaveWriter();

    int fd() const { return file_.get(); }  // stands where the stream begins
    // Gives the file its name; all of it is on the disk then. Errors: busy (PATH has come to be there meanwhile),
    // system.
    Result<> finish();

private:
    SaveWriter(std::string path, bool replace) : path_(std::move(path)), replace_(replace) {}

    std::string path_;
    bool replace_;
    Fd file_;
};

class SaveReader {
public:
    // Errors: absent, denied, malformed (no saved guest, or cut short), unsupported (of a newer or much older Xen).
    static Result<SaveReader> open(const std::string& path);

    const std::string& config_json() const { return config_; }
    int fd() const { return file_.get(); }  // stands where the stream begins
    std::uint64_t stream_at() const { return stream_at_; }
    std::uint64_t stream_bytes() const { return stream_bytes_; }

private:
    Result<> read_head(const std::string& path);

    Fd file_;
    std::string config_;
    std::uint64_t stream_at_ = 0;
    std::uint64_t stream_bytes_ = 0;
};

}  // namespace virtscope::libxl
