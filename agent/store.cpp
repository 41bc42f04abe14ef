#include "agent/store.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/ring/reader.h"
#include "core/ring/stand_in.h"
#include "core/text.h"

namespace virtscope {
namespace {

using namespace std::chrono_literals;

constexpr auto sync_interval = 10s;
constexpr std::uint64_t most_in_memory = 32 << 20;
constexpr std::uint64_t most_frames_between_tries = 60;
constexpr std::uint64_t syncs_of_a_good_disk = 6;

// Readers are unprivileged, in group virtscope; a host without that group keeps the ring to root.
void give_to_readers(const std::string& path) {
    const group* const readers = ::getgrnam("virtscope");
    if (readers != nullptr) (void)!::chown(path.c_str(), static_cast<uid_t>(-1), readers->gr_gid);
}

// Its newest frame, whoever wrote it; null if there is none.
FramePtr newest_of(const std::string& path) {
    auto reader = RingReader::open(path);
    const auto newest = reader ? reader->newest() : Result<FramePtr>(FramePtr());
    return newest.value_or(nullptr);
}

// What came back broken is left for a person to look at; an earlier one makes room only for what is not younger.
void leave_as_failed(const std::string& path, bool young) {
    const std::string aside = path + ".failed";
    if (::renameat2(AT_FDCWD, path.c_str(), AT_FDCWD, aside.c_str(), RENAME_NOREPLACE) == 0) return;
    (void)(young ? ::unlink(path.c_str()) : std::rename(path.c_str(), aside.c_str()));
}

}  // namespace

void Store::take(RingWriter writer, bool in_memory) {
    drop_writer();
    writer_ = std::make_unique<RingWriter>(std::move(writer));
    in_memory_ = in_memory;
    if (!in_memory) syncer_ = std::make_unique<Syncer>(writer_->fd(), sync_interval);
    const std::string& notice = writer_->notice();
    if (!notice.empty()) events_.push_back({EventKind::ring_notice, {}, {}, notice});
}

Result<> Store::open_file() {
    auto writer = RingWriter::open(path_, bytes_);
    if (!writer) return std::unexpected(writer.error());
    give_to_readers(path_);
    // What was kept in memory, also by an agent that was killed, belongs into the file.
    if (auto carried = carry_over(*writer); !carried) return carried;
    if (in_memory_ && ::fdatasync(writer->fd()) != 0) return fail_errno(errno, "{}: sync", path_);
    writer->number_on_from(writer_ ? writer_->sequence() : sequence_);
    take(std::move(*writer), false);
    ::unlink(stand_in_path(path_).c_str());
    return {};
}

Result<Store> Store::open(const std::string& path, std::uint64_t bytes) {
    Store store(path, bytes);
    auto opened = store.open_file();
    if (!opened && opened.error().kind == ErrorKind::system) opened = store.fall_back(opened.error());
    if (!opened) return std::unexpected(opened.error());
    return store;
}

Result<> Store::fall_back(const Error& why) {
    const std::string name = stand_in_path(path_);
    struct stat status {};
    // Root can clear away what others put there; for everybody else it is in the way.
    const bool foreign = ::lstat(name.c_str(), &status) == 0 && (status.st_uid != ::geteuid() || !S_ISREG(status.st_mode));
    if (foreign && ::unlink(name.c_str()) != 0) {
        return fail(ErrorKind::denied, "{}; and {} is somebody else's file: remove it", why.message, name);
    }
    if (writer_) sequence_ = writer_->sequence();
    if (const FramePtr newest = sequence_ == 0 ? newest_of(path_) : nullptr) sequence_ = newest->sequence;
    auto writer = RingWriter::open(name, std::min(bytes_, most_in_memory), sequence_);
    if (!writer) return fail(writer.error().kind, "{}; and {}", why.message, writer.error().message);
    if (::fstat(writer->fd(), &status) != 0 || status.st_uid != ::geteuid() || status.st_nlink != 1) {
        return fail(ErrorKind::denied, "{}; and {} is somebody else's file: remove it", why.message, name);
    }
    give_to_readers(name);
    take(std::move(*writer), true);
    next_try_ = 1;
    events_.push_back({EventKind::ring_in_memory, {}, {},
                       fmt::format("{}: frames go to memory ({}) until it can be written", why.message, name)});
    return {};
}

// Cheap to ask each tick: a disk that is still full or read-only is not tried.
bool Store::has_room() const {
    struct statvfs disk {};
    const auto parent = std::filesystem::path(path_).parent_path();
    if (::statvfs(parent.empty() ? "." : parent.c_str(), &disk) != 0 || (disk.f_flag & ST_RDONLY) != 0) return false;
    struct stat file {};
    const bool there = ::stat(path_.c_str(), &file) == 0;
    const std::uint64_t held = there ? static_cast<std::uint64_t>(file.st_blocks) * 512 : 0;
    return held + std::uint64_t{disk.f_bavail} * disk.f_frsize >= bytes_;
}

// The stand-in's frames that the file does not have yet, under their numbers; nothing where there is no stand-in.
Result<> Store::carry_over(RingWriter& to) {
    const std::string name = stand_in_path(path_);
    if (file_to_read(path_) != name) return {};
    auto reader = RingReader::open(name);
    if (!reader) {
        events_.push_back({EventKind::ring_notice, {}, {}, "what was kept in memory is lost: " + reader.error().message});
        return {};
    }
    const std::uint64_t known = to.sequence();
    Result<> result;
    Frame copy;
    const auto lost = reader->scan({}, [&](const Frame& frame) {
        if (frame.sequence <= known) return true;
        to.number_on_from(frame.sequence - 1);
        copy = frame;
        result = to.publish(copy);
        return result.has_value();
    });
    if (lost && *lost > 0) {
        events_.push_back({EventKind::ring_notice, {}, {}, fmt::format("{} frames kept in memory could not be read", *lost)});
    }
    return lost ? result : Result<>(std::unexpected(lost.error()));
}

void Store::try_to_return() {
    if (--next_try_ > 0) return;
    // A full disk is tried as soon as it has room; one that fails again and again, less and less often.
    next_try_ = 1;
    if (!has_room()) return;
    next_try_ = std::min(std::uint64_t{1} << std::min<std::uint64_t>(tries_++, 6), most_frames_between_tries);
    auto returned = open_file();
    if (returned) {
        events_.push_back({EventKind::ring_on_disk, {}, {}, fmt::format("{}: is written again", path_)});
    } else if (std::exchange(refused_, returned.error().message) != returned.error().message) {
        events_.push_back({EventKind::ring_notice, {}, {}, "still in memory: " + returned.error().message});
    }
}

// What went wrong with the file: one that was cut short or removed is opened again, everything else is the disk's affair.
Result<> Store::recover(const Error& why) {
    sequence_ = writer_->sequence();
    if (why.kind == ErrorKind::malformed) {
        // It holds the lock on that file.
        drop_writer();
        if (open_file()) return {};
    }
    return fall_back(why);
}

void Store::drop_writer() {
    if (writer_) carried_ += writer_->bytes_written();
    syncer_.reset();
    writer_.reset();
}

Result<> Store::publish(Frame& frame) {
    if (!writer_) {
        auto again = open_file();
        if (!again) again = fall_back(again.error());
        if (!again) return again;
    }
    if (in_memory_) try_to_return();
    if (syncer_ && syncer_->failed() != 0) {
        // What is in the file may be untrue from now on: it is left as it is, and a new one begun.
        const Error why = fail_errno(syncer_->failed(), "{}: sync", path_).error();
        leave_as_failed(path_, tries_ > 0);
        ++tries_;
        if (auto fallen = fall_back(why); !fallen) return fallen;
    }
    if (syncer_ && syncer_->succeeded() > syncs_of_a_good_disk) tries_ = 0;
    auto published = writer_->publish(frame, RingWriter::Wake::later);
    if (published || in_memory_ || published.error().kind == ErrorKind::unsupported) return published;
    if (auto recovered = recover(published.error()); !recovered) return recovered;
    return writer_->publish(frame, RingWriter::Wake::later);
}

}  // namespace virtscope
