#include "collectors/kept_file.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace virtscope {

KeptFile::KeptFile(std::string path) : directory_(AT_FDCWD), path_(std::move(path)) {}

KeptFile::KeptFile(int directory, std::string name) : directory_(directory), path_(std::move(name)) {}

std::string_view KeptFile::read(std::span<char> buffer) {
    if (!file_) {
        if (path_.empty()) return {};
        file_ = Fd(::openat(directory_, path_.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file_) return {};
    }
    ssize_t got = 0;
    do {
        got = ::pread(file_.get(), buffer.data(), buffer.size(), 0);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) return {};
    return {buffer.data(), static_cast<std::size_t>(got)};
}

}  // namespace virtscope
