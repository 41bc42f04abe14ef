#include "top/print/output.h"

#include <fcntl.h>

#include "core/text.h"
#include "core/write_all.h"
#include "top/print/csv.h"
#include "top/print/csv_long.h"

namespace virtscope::top {

Result<CsvFile> CsvFile::open(const CsvOptions& options, GuestChoice choice) {
    Fd fd(::open(options.file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    const std::string name = "--csv " + printable(options.file);
    if (!fd) return fail_errno(errno, "{}", name);
    const bool is_long = options.format == CsvFormat::rows;
    auto wrote = write_all(fd.get(), is_long ? csv_long_header(options) : csv_header(options), name);
    if (!wrote) return std::unexpected(wrote.error());
    return CsvFile(std::move(fd), name, options, std::move(choice));
}

Result<> CsvFile::append(const Host& host) {
    const bool is_long = options_.format == CsvFormat::rows;
    return write_all(fd_.get(), is_long ? csv_long_rows(host, options_, choice_) : csv_row(host, options_, choice_),
                     name_);
}

}  // namespace virtscope::top
