#include "core/ring/writer_file.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "core/ring/file.h"
#include "core/ring/header_page.h"
#include "core/ring/io.h"
#include "core/ring/survey.h"

namespace virtscope::ring {
namespace {

// Whether the file's bytes are its own from the beginning.
enum class Room { reserved, on_demand };

// Locked, and what stands in it.
struct Held {
    Fd fd;
    HeaderPage header{};
    std::uint64_t size = 0;
    Front front = Front::no_ring;
    Room room = Room::reserved;
};

std::unexpected<Error> cannot_open(const std::string& path, int code) {
    switch (code) {
        case ENOENT: return fail(ErrorKind::absent, "{}: no such directory: make it or choose another --ring", path);
        case ELOOP: return fail(ErrorKind::malformed, "{}: a symbolic link: name the ring file itself", path);
        case EISDIR: return fail(ErrorKind::malformed, "{}: a directory: name a file in it", path);
        default: return fail_errno(code, "{}: open for writing", path);
    }
}

std::unexpected<Error> held_by_other(int fd, const std::string& path) {
    const auto header = read_header(fd, path);
    const WriterSlot* slot = header ? newest_slot(*header) : nullptr;
    if (slot == nullptr) return fail(ErrorKind::busy, "{}: another virtscoped is writing it: stop that one first", path);
    return fail(ErrorKind::busy, "{}: virtscoped with process id {} is writing it: stop that one first", path, slot->pid);
}

bool names(const std::string& path, const struct stat& file) {
    struct stat named {};
    return ::stat(path.c_str(), &named) == 0 && named.st_dev == file.st_dev && named.st_ino == file.st_ino;
}

// Nothing when the file was renamed between opening and locking: then try again.
Result<std::optional<Held>> hold(const std::string& path) {
    constexpr int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    Fd fd(uninterrupted([&] { return ::open(path.c_str(), flags, 0640); }));
    if (!fd) return cannot_open(path, errno);
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) return fail_errno(errno, "{}: stat", path);
    if (!S_ISREG(status.st_mode)) return fail(ErrorKind::malformed, "{}: not a regular file: choose another --ring", path);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return held_by_other(fd.get(), path);
        return fail_errno(errno, "{}: lock", path);
    }
    // Another writer may have filled it or set it aside before the lock was ours.
    if (::fstat(fd.get(), &status) != 0) return fail_errno(errno, "{}: stat", path);
    if (!names(path, status)) return std::optional<Held>();
    const auto header = read_header(fd.get(), path);
    if (!header) return std::unexpected(header.error());
    const auto size = static_cast<std::uint64_t>(status.st_size);
    return Held{.fd = std::move(fd), .header = *header, .size = size, .front = examine(*header, size)};
}

// How a ring of so many bytes is divided: an eighth for the image of the newest frame.
struct Division {
    std::uint64_t capacity = 0;
    std::uint64_t image = 0;
};

Division divide(std::uint64_t bytes) {
    const std::uint64_t all = (bytes + page - 1) / page * page;
    const std::uint64_t image = all / 8 / page * page;
    return {.capacity = all - image, .image = image};
}

// On file systems that copy on write, room that was reserved is not room to write into: a full disk would still
// fail us. Where this is not known, it does no harm.
void write_in_place(int fd) {
    int flags = 0;
    if (::ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0) return;
    flags |= FS_NOCOW_FL;
    (void)::ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

Result<> allocate(int fd, const std::string& path, std::uint64_t size) {
    int code = EINTR;
    while (code == EINTR) code = ::posix_fallocate(fd, 0, static_cast<off_t>(size));
    if (code == 0) return {};
    return fail_errno(code, "{}: cannot reserve {} bytes (make room or choose a smaller ring)", path, size);
}

Result<> make_room(int fd, const std::string& path, std::uint64_t size, Room room) {
    if (room == Room::reserved) return allocate(fd, path, size);
    if (uninterrupted([&] { return ::ftruncate(fd, static_cast<off_t>(size)); }) == 0) return {};
    return fail_errno(errno, "{}: make it {} bytes long", path, size);
}

// `magic_unfinished` comes first and `magic_ready` last: a file in between is known for what it is.
Result<ConstantPart> create(int fd, const std::string& path, Division division, Room room) {
    if (uninterrupted([&] { return ::ftruncate(fd, 0); }) != 0) return fail_errno(errno, "{}: write", path);
    write_in_place(fd);
    if (!write_at(fd, 0, bytes_of(magic_unfinished))) return fail_errno(errno, "{}: write", path);
    if (auto allocated = make_room(fd, path, page + division.capacity + division.image, room); !allocated) {
        // Gives back what was reserved; the error to tell is the first one.
        (void)!::ftruncate(fd, 0);
        return std::unexpected(allocated.error());
    }
    HeaderPage header = new_header(division.capacity, division.image, 0);
    const ConstantPart constant = header.constant;
    header.constant.magic = magic_unfinished;
    if (!write_at(fd, 0, bytes_of(header)) || !write_at(fd, 0, bytes_of(constant)) ||
        !write_at(fd, constant_copy_at, bytes_of(constant))) {
        return fail_errno(errno, "{}: write", path);
    }
    return constant;
}

bool holds_recording(const Held& held) {
    if (held.front != Front::ready && held.front != Front::other_catalogue) return false;
    return (held.header.constant.flags & is_recording) != 0;
}

// Why a file cannot be continued; empty if it can.
std::string reason_to_set_aside(const Held& held, Division division) {
    switch (held.front) {
        case Front::damaged: return "damaged header";
        case Front::other_byte_order: return "other byte order";
        case Front::other_version: return fmt::format("format {}", held.header.constant.version);
        case Front::other_catalogue: return "another catalogue";
        case Front::ready: break;
        case Front::unfinished:
        case Front::no_ring: return {};
    }
    const ConstantPart& constant = held.header.constant;
    if (constant.capacity == division.capacity && constant.image == division.image) return {};
    return fmt::format("{} bytes, {} wanted", constant.capacity + constant.image, division.capacity + division.image);
}

// Where a ring ends. A disk that cannot be read just now says nothing about that: going on from what could be read
// would overwrite the rest.
Result<Resume> end_of(const RingFile& file, const Words& words) {
    const Resume end = find_end(file, words);
    if (file.read_error() != 0) return fail_errno(file.read_error(), "{}: read", file.path());
    return end;
}

// The last sequence of a file whose records this version can read.
Result<std::uint64_t> last_sequence(const Held& held, const std::string& path) {
    if (held.front != Front::ready && held.front != Front::other_catalogue) return std::uint64_t{0};
    const auto end = end_of(RingFile(held.fd.get(), path, held.header.constant), held.header.words);
    if (!end) return std::unexpected(end.error());
    return end->sequence;
}

// The last sequence of the file that was set aside; 0 where there is none.
std::uint64_t sequence_set_aside(const std::string& path) {
    Held held;
    held.fd = Fd(uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY); }));
    struct stat status {};
    if (!held.fd || ::fstat(held.fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    const auto header = read_header(held.fd.get(), path);
    if (!header) return 0;
    held.header = *header;
    held.front = examine(*header, static_cast<std::uint64_t>(status.st_size));
    return last_sequence(held, path).value_or(0);
}

Result<WriterFile> take(Held held, const std::string& path, Division division, std::uint64_t sequence) {
    WriterFile file;
    file.fd = std::move(held.fd);
    file.path = path;
    file.in_memory = held.room == Room::on_demand;
    file.constant = held.header.constant;
    file.sequence = sequence;
    const int fd = file.fd.get();
    if (held.front == Front::unfinished) {
        const auto made = create(fd, path, division, held.room);
        if (!made) return std::unexpected(made.error());
        file.constant = *made;
    } else {
        if (held.size < file.size()) file.notice = fmt::format("{}: was cut short: repaired", path);
        if (auto allocated = allocate(fd, path, file.size()); !allocated) return std::unexpected(allocated.error());
    }
    const auto header = read_header(fd, path);
    if (!header) return std::unexpected(header.error());
    const auto end = end_of(RingFile(fd, path, file.constant), header->words);
    if (!end) return std::unexpected(end.error());
    file.words = end->words;
    file.sequence = std::max(file.sequence, end->sequence);
    // A writer that ended between setting a file aside and its first frame here.
    if (file.sequence == 0) file.sequence = sequence_set_aside(path + ".old");
    auto mapping = SharedMapping::of(fd, page, path);
    if (!mapping) return std::unexpected(mapping.error());
    file.mapping = std::move(*mapping);
    HeaderPage signed_page = *header;
    sign(signed_page, this_writer());
    file.words.published = header->words.published;
    signed_page.words = file.words;
    // Either of the two may have been damaged.
    if (!write_at(fd, 0, bytes_of(file.constant)) || !write_at(fd, constant_copy_at, bytes_of(file.constant))) {
        return fail_errno(errno, "{}: write", path);
    }
    if (!write_at(fd, offsetof(HeaderPage, slot0), bytes_of(signed_page).subspan(offsetof(HeaderPage, slot0)))) {
        return fail_errno(errno, "{}: write", path);
    }
    return file;
}

Result<> check_size(const std::string& path, std::uint64_t bytes) {
    if (bytes >= min_capacity && bytes <= max_capacity) return {};
    return fail(ErrorKind::malformed, "{}: a ring of {} bytes: choose between {} and {}", path, bytes, min_capacity,
                max_capacity);
}

}  // namespace

Result<SharedMapping> SharedMapping::of(int fd, std::uint64_t size, const std::string& path) {
    void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) return fail_errno(errno, "{}: map {} bytes", path, size);
    return SharedMapping(at, size);
}

Result<SharedMapping> SharedMapping::of_no_file(std::uint64_t size) {
    void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) return fail_errno(errno, "map {} bytes", size);
    return SharedMapping(at, size);
}

SharedMapping::~SharedMapping() {
    if (at_ != nullptr) ::munmap(at_, size_);
}

// Page-aligned, as mmap gives it.
HeaderPage& WriterFile::header() const { return *static_cast<HeaderPage*>(mapping.base()); }

Result<WriterFile> open_to_write(const std::string& path, std::uint64_t bytes) {
    if (auto good = check_size(path, bytes); !good) return std::unexpected(good.error());
    const Division division = divide(bytes);
    std::uint64_t sequence = 0;
    std::string notice;
    for (int attempt = 0; attempt < 8; ++attempt) {
        auto held = hold(path);
        if (!held) return std::unexpected(held.error());
        if (!*held) continue;
        if ((*held)->front == Front::no_ring) {
            return fail(ErrorKind::malformed, "{}: not a virtscope ring, and never overwritten: choose another --ring or move it",
                        path);
        }
        if (holds_recording(**held)) {
            return fail(ErrorKind::malformed, "{}: a recording, and never overwritten: choose another --ring or move it", path);
        }
        const std::string reason = reason_to_set_aside(**held, division);
        if (reason.empty()) {
            auto file = take(std::move(**held), path, division, sequence);
            if (file && !notice.empty()) file->notice = notice;
            return file;
        }
        const auto last = last_sequence(**held, path);
        if (!last) return std::unexpected(last.error());
        sequence = *last;
        const std::string aside = path + ".old";
        if (::rename(path.c_str(), aside.c_str()) != 0) return fail_errno(errno, "{}: rename to {}", path, aside);
        notice = fmt::format("{}: {}: set aside as {}, new ring begun", path, reason, aside);
    }
    return fail(ErrorKind::busy, "{}: keeps being replaced: is another virtscoped starting?", path);
}

Result<WriterFile> open_in_memory(std::uint64_t bytes) {
    Fd fd(::memfd_create("virtscope-ring", MFD_CLOEXEC));
    if (!fd) return fail_errno(errno, "memfd_create");
    const std::string path = fmt::format("/proc/self/fd/{}", fd.get());
    if (auto good = check_size(path, bytes); !good) return std::unexpected(good.error());
    return take({.fd = std::move(fd), .front = Front::unfinished, .room = Room::on_demand}, path, divide(bytes), 0);
}

}  // namespace virtscope::ring
