#include "drivers/qemu/definitions/save_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <vector>

#include "core/crc32c.h"
#include "core/text.h"
#include "drivers/qemu/definitions/save_format.h"
#include "drivers/qemu/definitions/store.h"

namespace virtscope::qemu {
namespace {

using namespace save_format;

constexpr std::size_t block = std::size_t{1} << 20;

Result<> put_at(int fd, std::string_view bytes, off_t at) {
    while (!bytes.empty()) {
        const ssize_t wrote = ::pwrite(fd, bytes.data(), bytes.size(), at);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return fail_errno(errno, "write the saved state");
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
        at += wrote;
    }
    return {};
}

// What is there, up to `size`.
Result<std::string> get_at(int fd, std::size_t size, std::uint64_t at) {
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (have < size) {
        const ssize_t got = ::pread(fd, bytes.data() + have, size - have, static_cast<off_t>(at + have));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno, "read the saved state");
        if (got == 0) break;
        have += static_cast<std::size_t>(got);
    }
    bytes.resize(have);
    return bytes;
}

Result<std::uint32_t> crc_of_range(int fd, std::uint64_t from, std::uint64_t length, const Advance& advance) {
    std::uint32_t crc = 0;
    for (std::uint64_t done = 0; done < length;) {
        const auto bytes =
            get_at(fd, static_cast<std::size_t>(std::min<std::uint64_t>(block, length - done)), from + done);
        if (!bytes) return std::unexpected(bytes.error());
        if (bytes->empty()) return fail(ErrorKind::malformed, "it became shorter while it was read");
        crc = crc32c(std::as_bytes(std::span(*bytes)), crc);
        done += bytes->size();
        if (advance) advance(done, length);
    }
    return crc;
}

std::uint64_t size_of(int fd) {
    struct stat file {};
    return ::fstat(fd, &file) == 0 ? static_cast<std::uint64_t>(file.st_size) : 0;
}

std::unexpected<Error> cut_short(const std::string& path, std::uint64_t missing) {
    return fail(ErrorKind::malformed, "{}: was cut short, {} bytes are missing at its end", printable(path), missing);
}

}  // namespace

Result<> check_save_path(const std::string& path, bool replace) {
    if (!replace && ::access(path.c_str(), F_OK) == 0) {
        return fail(ErrorKind::busy, "{} is there already; name another file, or remove it", printable(path));
    }
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    if (::access(folder.c_str(), W_OK) != 0) return fail_errno(errno, "{}", printable(folder));
    return {};
}

Result<SaveWriter> SaveWriter::create(const std::string& path, const SaveFacts& facts, bool replace) {
    if (auto free = check_save_path(path, replace); !free) return std::unexpected(free.error());
    SaveWriter made(path, replace);
    made.facts_ = pack_facts(facts);
    const std::string part = path + ".part";
    Fd file(::open(part.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return fail_errno(errno, "open {}", printable(part));
    // One that a crash left is taken over, one that somebody writes is not.
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
        return fail(ErrorKind::busy, "{} is being written by another save", printable(part));
    made.file_ = std::move(file);
    if (::ftruncate(made.fd(), 0) != 0) return fail_errno(errno, "empty {}", printable(part));
    if (auto put = put_at(made.fd(), made.facts_, head_bytes); !put) return std::unexpected(put.error());
    const auto at = static_cast<off_t>(stream_at(made.facts_.size()));
    if (::lseek(made.fd(), at, SEEK_SET) != at) return fail_errno(errno, "seek in {}", printable(part));
    return made;
}

SaveWriter::~SaveWriter() {
    if (file_) ::unlink((path_ + ".part").c_str());
}

Result<> SaveWriter::seal() {
    const std::uint64_t from = stream_at(facts_.size());
    const std::uint64_t size = size_of(fd());
    Head head;
    head.stream_bytes = size > from ? size - from : 0;
    if (head.stream_bytes == 0) return fail(ErrorKind::system, "QEMU wrote nothing");
    const auto crc = crc_of_range(fd(), from, head.stream_bytes, {});
    if (!crc) return std::unexpected(crc.error());
    head.stream_crc = *crc;
    const auto bytes = pack_head(head, facts_);
    if (auto put = put_at(fd(), {bytes.data(), bytes.size()}, 0); !put) return put;
    if (::fsync(fd()) != 0) return fail_errno(errno, "sync {}", printable(path_));
    return {};
}

Result<> SaveWriter::finish() {
    if (auto sealed = seal(); !sealed) return sealed;
    const std::string part = path_ + ".part";
    if (::renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, path_.c_str(), replace_ ? 0 : RENAME_NOREPLACE) != 0) {
        return fail_errno(errno, "rename {}", printable(part));
    }
    file_ = Fd();  // nothing to remove any more
    return sync_folder(path_.substr(0, path_.rfind('/') + 1));
}

Result<SaveReader> SaveReader::open(const std::string& path) {
    SaveReader made(path);
    made.file_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!made.file_) return fail_errno(errno, "{}", printable(path));
    if (auto read = made.read_head(); !read) return std::unexpected(read.error());
    return made;
}

Result<> SaveReader::read_head() {
    const auto bytes = get_at(fd(), head_bytes, 0);
    if (!bytes) return std::unexpected(bytes.error());
    const auto head = unpack_head(*bytes);
    const std::string path = printable(path_);
    if (!head) return fail(ErrorKind::malformed, "{}: is no saved guest, or was not finished", path);
    if (head->version != version)
        return fail(ErrorKind::unsupported, "{}: is of version {}, this virtscope reads {}", path, head->version,
                    version);
    if (head->facts_bytes > most_facts) return fail(ErrorKind::malformed, "{}: its header is damaged", path);
    stream_at_ = stream_at(head->facts_bytes);
    const std::uint64_t size = size_of(fd());
    const auto facts = get_at(fd(), head->facts_bytes, head_bytes);
    if (!facts) return std::unexpected(facts.error());
    if (facts->size() < head->facts_bytes) return cut_short(path_, stream_at_ + head->stream_bytes - size);
    if (crc_of(*bytes, *facts) != head->crc) return fail(ErrorKind::malformed, "{}: its header is damaged", path);
    if (size < stream_at_ + head->stream_bytes) return cut_short(path_, stream_at_ + head->stream_bytes - size);
    auto unpacked = unpack_facts(*facts);
    if (!unpacked) return fail(ErrorKind::malformed, "{}: its header is damaged", path);
    facts_ = std::move(*unpacked);
    stream_bytes_ = head->stream_bytes;
    stream_crc_ = head->stream_crc;
    return {};
}

Result<> SaveReader::check_stream(const Advance& advance) const {
    const auto crc = crc_of_range(fd(), stream_at_, stream_bytes_, advance);
    if (!crc) return fail(crc.error().kind, "{}: {}", printable(path_), crc.error().message);
    if (*crc != stream_crc_)
        return fail(ErrorKind::malformed, "{}: the saved memory is damaged (its checksum differs)", printable(path_));
    return {};
}

Result<> SaveReader::rewind() const {
    if (::lseek(fd(), static_cast<off_t>(stream_at_), SEEK_SET) >= 0) return {};
    return fail_errno(errno, "seek in {}", printable(path_));
}

std::uint64_t SaveReader::position() const {
    const off_t at = ::lseek(fd(), 0, SEEK_CUR);
    return at > static_cast<off_t>(stream_at_) ? static_cast<std::uint64_t>(at) - stream_at_ : 0;
}

}  // namespace virtscope::qemu
