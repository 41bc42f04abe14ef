#include "drivers/xen/libxl/save_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "core/text.h"
#include "core/write_all.h"

namespace virtscope::libxl {
namespace {

constexpr std::uint32_t order_mark = 0x01020304;
constexpr std::uint32_t flag_json = 1, flag_stream_v2 = 2;
constexpr std::uint32_t most_options = 16 << 20;

constexpr std::string_view magic_text("Xen saved domain, xl format\n \0 \r", 32);

struct Head {
    Head() { std::ranges::copy(magic_text, magic.begin()); }
    std::array<char, magic_text.size()> magic{};
    std::uint32_t byte_order = order_mark;
    std::uint32_t mandatory = flag_json | flag_stream_v2;
    std::uint32_t optional = 0;
    std::uint32_t options_bytes = 0;
};
static_assert(sizeof(Head) == 48);

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

bool is_same_file(int fd, const std::string& path) {
    struct stat ours{}, there{};
    return ::fstat(fd, &ours) == 0 && ::lstat(path.c_str(), &there) == 0 && ours.st_ino == there.st_ino &&
           ours.st_dev == there.st_dev;
}

// What somebody else made, or may read, or has by another name, too, gets no guest's memory.
Result<> check_own(int fd, const std::string& part) {
    struct stat found{};
    if (::fstat(fd, &found) != 0) return fail_errno(errno, "{}", part);
    const bool ours = S_ISREG(found.st_mode) && found.st_uid == ::geteuid() && found.st_nlink == 1;
    if (ours && (found.st_mode & (S_IRWXG | S_IRWXO)) == 0) return {};
    return fail(ErrorKind::busy, "{} is there already and was not left by a save; remove it", part);
}

Result<> sync_folder(const std::string& path) {
    const Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.get()) != 0) return fail_errno(errno, "sync {}", printable(path));
    return {};
}

// False: the file is shorter.
Result<bool> read_whole(int fd, void* to, std::size_t size) {
    for (std::size_t have = 0; have < size;) {
        const ssize_t got = ::read(fd, static_cast<char*>(to) + have, size - have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno, "read the saved guest");
        if (got == 0) return false;
        have += static_cast<std::size_t>(got);
    }
    return true;
}

}  // namespace

Result<> check_save_path(const std::string& path, bool replace) {
    if (!path.starts_with('/')) return fail(ErrorKind::malformed, "the file needs an absolute path");
    struct stat there{};
    const bool is_there = ::lstat(path.c_str(), &there) == 0;
    if (is_there && !replace) {
        return fail(ErrorKind::busy, "{} is there already; name another file, remove it, or use --force",
                    printable(path));
    }
    if (is_there && !S_ISREG(there.st_mode)) return fail(ErrorKind::malformed, "{} is no file", printable(path));
    if (::access(folder_of(path).c_str(), W_OK) != 0) return fail_errno(errno, "{}", printable(folder_of(path)));
    return {};
}

Result<SaveWriter> SaveWriter::create(const std::string& path, const std::string& config_json, bool replace) {
    if (auto free = check_save_path(path, replace); !free) return std::unexpected(free.error());
    const std::string part = path + ".part";
    Fd file(::open(part.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return fail_errno(errno, "open {}", printable(part));
    // One that a crash left is taken over, one that somebody writes is not, nor one that was given its name meanwhile.
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 || !is_same_file(file.get(), part)) {
        return fail(ErrorKind::busy, "{} is being written by another save", printable(part));
    }
    if (auto own = check_own(file.get(), printable(part)); !own) return std::unexpected(own.error());
    SaveWriter made(path, replace);
    made.file_ = std::move(file);
    if (::ftruncate(made.fd(), 0) != 0) return fail_errno(errno, "empty {}", printable(part));
    const auto config_bytes = static_cast<std::uint32_t>(config_json.size() + 1);
    Head head;
    head.options_bytes = static_cast<std::uint32_t>(sizeof config_bytes) + config_bytes;
    std::string bytes(reinterpret_cast<const char*>(&head), sizeof head);
    bytes.append(reinterpret_cast<const char*>(&config_bytes), sizeof config_bytes);
    bytes.append(config_json.c_str(), config_bytes);
    if (auto written = write_all(made.fd(), bytes, printable(part)); !written) return std::unexpected(written.error());
    return made;
}

SaveWriter::~SaveWriter() {
    if (file_) ::unlink((path_ + ".part").c_str());
}

Result<> SaveWriter::finish() {
    const std::string part = path_ + ".part";
    if (::fsync(fd()) != 0) return fail_errno(errno, "sync {}", printable(part));
    if (::renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, path_.c_str(), replace_ ? 0 : RENAME_NOREPLACE) != 0) {
        return fail_errno(errno, "rename {}", printable(part));
    }
    file_ = Fd();  // nothing to remove any more
    auto synced = sync_folder(folder_of(path_));
    if (!synced) ::unlink(path_.c_str());  // the guest goes on: a file that is restored later would damage its disks
    return synced;
}

Result<SaveReader> SaveReader::open(const std::string& path) {
    if (!path.starts_with('/')) return fail(ErrorKind::malformed, "the file needs an absolute path");
    SaveReader made;
    made.file_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!made.file_) return fail_errno(errno, "{}", printable(path));
    struct stat found{};
    if (::fstat(made.fd(), &found) != 0 || !S_ISREG(found.st_mode)) {
        return fail(ErrorKind::malformed, "{} is no file", printable(path));
    }
    ::fcntl(made.fd(), F_SETFL, 0);  // the stream's reader expects to be kept waiting
    if (auto read = made.read_head(printable(path)); !read) return std::unexpected(read.error());
    const auto size = static_cast<std::uint64_t>(found.st_size);
    if (size <= made.stream_at_)
        return fail(ErrorKind::malformed, "{} was cut short: the guest's memory is missing", printable(path));
    made.stream_bytes_ = size - made.stream_at_;
    return made;
}

Result<> SaveReader::read_head(const std::string& path) {
    Head head;
    const auto whole = read_whole(fd(), &head, sizeof head);
    if (!whole) return std::unexpected(whole.error());
    if (!*whole || !std::ranges::equal(head.magic, magic_text)) {
        return fail(ErrorKind::malformed, "{} is no guest saved by virtscope or xl on Xen", path);
    }
    if (head.byte_order != order_mark)
        return fail(ErrorKind::unsupported, "{} is of a machine with another byte order", path);
    if (head.mandatory != (flag_json | flag_stream_v2)) {
        return fail(ErrorKind::unsupported, "{} is of another version of Xen (flags {:#x}); restore it there", path,
                    head.mandatory);
    }
    std::uint32_t size = 0;
    const auto options = head.options_bytes > sizeof size && head.options_bytes <= most_options
                             ? read_whole(fd(), &size, sizeof size)
                             : Result<bool>(false);
    if (!options) return std::unexpected(options.error());
    if (!*options || size == 0 || size > head.options_bytes - sizeof size) {
        return fail(ErrorKind::malformed, "{} was cut short, or its header is damaged", path);
    }
    std::string rest(head.options_bytes - sizeof size, '\0');
    const auto got = read_whole(fd(), rest.data(), rest.size());
    if (!got) return std::unexpected(got.error());
    if (!*got) return fail(ErrorKind::malformed, "{} was cut short: its configuration is missing", path);
    config_ = rest.substr(0, size);
    config_.resize(std::strlen(config_.c_str()));
    stream_at_ = sizeof head + head.options_bytes;
    return {};
}

}  // namespace virtscope::libxl
