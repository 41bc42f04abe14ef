// Where text goes that is not for the terminal's screen. What could not be written is an error, never lost
// in silence; nothing is buffered.
#pragma once

#include <string>
#include <string_view>

#include "core/fd.h"
#include "core/result.h"
#include "top/source/picture.h"

namespace virtscope::top {

// `name`: for the message. May block as long as whoever reads the descriptor does.
Result<> write_all(int fd, std::string_view text, std::string_view name);

// The file of --csv: made or emptied when opened.
class CsvFile {
public:
    static Result<CsvFile> open(const std::string& path, bool block_bytes);
    Result<> append(const Picture& picture, std::string_view host = {});

private:
    CsvFile(Fd fd, std::string path, bool block_bytes)
        : fd_(std::move(fd)), path_(std::move(path)), block_bytes_(block_bytes) {}

    Fd fd_;
    std::string path_;
    bool block_bytes_;
};

}  // namespace virtscope::top
