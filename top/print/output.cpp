#include "top/print/output.h"

#include <cerrno>

#include <fcntl.h>

#include "core/text.h"
#include "top/print/csv.h"

namespace virtscope::top {

Result<> write_all(int fd, std::string_view text, std::string_view name) {
    while (!text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail_errno(errno, "write {}", name);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<CsvFile> CsvFile::open(const std::string& path, bool block_bytes) {
    Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    const std::string name = "--csv " + printable(path);
    if (!fd) return fail_errno(errno, "{}", name);
    auto wrote = write_all(fd.get(), csv_header(block_bytes), name);
    if (!wrote) return std::unexpected(wrote.error());
    return CsvFile(std::move(fd), name, block_bytes);
}

Result<> CsvFile::append(const Picture& picture, std::string_view host) {
    return write_all(fd_.get(), csv_row(picture, block_bytes_, host), path_);
}

}  // namespace virtscope::top
