// RecordingWriter: makes a recording: a ring file that holds what it was given and is not written again.
//
// The same log as a ring's, in one lap that is as long as its content. Until finish() the file says that it is
// unfinished, and no reader takes it for a recording.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/frame.h"
#include "core/result.h"

namespace virtscope {

class RecordingWriter {
public:
    // Makes a new file (mode 0640) and locks it. Errors: busy (something has that name), absent (no such folder),
    // denied, system.
    static Result<RecordingWriter> create(const std::string& path);
    RecordingWriter(RecordingWriter&&) noexcept;
    RecordingWriter& operator=(RecordingWriter&&) noexcept;
    ~RecordingWriter();

    // Appends a frame, which keeps its number. After an error the recording cannot be finished.
    // Errors: malformed (its number is not higher than the one before; no roster, or tables not of its shape),
    // unsupported (a record of more than 1 GiB, or more than 1 TiB in all), system (disk full).
    Result<> add(const Frame& frame);

    // Makes the file a recording of what was added, as large as that, and brings it to the disk; returns its bytes.
    // Nothing may be added behind it. Errors: those of the disk; malformed after an error of add().
    Result<std::uint64_t> finish();

private:
    struct State;
    explicit RecordingWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace virtscope
