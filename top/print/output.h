// The file of --csv. What could not be written is an error, never lost in silence; nothing is buffered.
#pragma once

#include <string>
#include <string_view>

#include "core/fd.h"
#include "core/result.h"
#include "top/options/csv_options.h"
#include "top/print/guest_choice.h"

namespace virtscope::top {

// The file of --csv: made or emptied when opened.
class CsvFile {
public:
    static Result<CsvFile> open(const CsvOptions& options, GuestChoice choice);
    Result<> append(const Host& host);

private:
    CsvFile(Fd fd, std::string name, CsvOptions options, GuestChoice choice)
        : fd_(std::move(fd)), name_(std::move(name)), options_(std::move(options)), choice_(std::move(choice)) {}

    Fd fd_;
    std::string name_;
    CsvOptions options_;
    GuestChoice choice_;
};

}  // namespace virtscope::top
