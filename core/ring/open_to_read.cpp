#include "core/ring/open_to_read.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/ring/file.h"
#include "core/ring/io.h"

namespace virtscope::ring {
namespace {

std::unexpected<Error> refuse(const std::string& path, Front front, std::uint32_t version) {
    switch (front) {
        case Front::unfinished:
            return fail(ErrorKind::absent, "{}: empty: no virtscoped has written it yet; start virtscoped --ring {}", path,
                        path);
        case Front::other_byte_order:
            return fail(ErrorKind::unsupported, "{}: written on a machine of the other byte order: read it there", path);
        case Front::other_version:
            return fail(ErrorKind::unsupported, "{}: written by format {}, this program reads {}: upgrade the {}", path, version,
                        format_version, version > format_version ? "reader" : "writer, virtscoped");
        case Front::other_catalogue:
            return fail(ErrorKind::unsupported,
                        "{}: written by another virtscope version (catalogue differs): restart virtscoped and its readers at "
                        "the same version",
                        path);
        case Front::damaged:
            return fail(ErrorKind::malformed, "{}: the header is damaged: if virtscoped writes it, restart that, which sets the file aside", path);
        case Front::no_ring:
        case Front::ready: break;
    }
    return fail(ErrorKind::malformed, "{}: not a virtscope ring (no magic): give the file that virtscoped --ring writes", path);
}

std::unexpected<Error> cannot_open(const std::string& path, int code) {
    if (code == ENOENT) {
        return fail(ErrorKind::absent, "{}: no such ring: start virtscoped, or name its ring with --ring", path);
    }
    if (code == EACCES || code == EPERM) {
        return fail(ErrorKind::denied, "{}: permission denied: join the group that owns the ring (virtscope)", path);
    }
    return fail_errno(code, "{}: open", path);
}

}  // namespace

Result<OpenedRing> open_to_read(const std::string& path) {
    // O_NONBLOCK: a FIFO in the ring's place must not hang the reader.
    Fd fd(uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); }));
    if (!fd) return cannot_open(path, errno);
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) return fail_errno(errno, "{}: stat", path);
    if (!S_ISREG(status.st_mode)) return refuse(path, Front::no_ring, 0);
    const auto header = read_header(fd.get(), path);
    if (!header) return std::unexpected(header.error());
    const auto size = static_cast<std::uint64_t>(status.st_size);
    const ConstantPart& constant = header->constant;
    const Front front = examine(*header, size);
    if (front != Front::ready) return refuse(path, front, constant.version);
    if (size < page + constant.capacity + constant.image) {
        const bool recording = (constant.flags & is_recording) != 0;
        return fail(ErrorKind::malformed, "{}: cut short to {} of {} bytes: {}", path, size,
                    page + constant.capacity + constant.image,
                    recording ? "virtscope ring verify says what remains" : "restart virtscoped, which repairs it");
    }
    return OpenedRing{.fd = std::move(fd), .constant = constant, .device = status.st_dev, .inode = status.st_ino};
}

}  // namespace virtscope::ring
