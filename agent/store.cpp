#include "agent/store.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>

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

// Readers are unprivileged, in group virtscope; a host without that group keeps the ring to root.
void give_to_readers(const std::string& path) {
    const group* const readers = ::getgrnam("virtscope");
    if (readers != nullptr) (void)!::chown(path.c_str(), static_cast<uid_t>(-1), readers->gr_gid);
}

Error told(const std::unexpected<Error>& failure) { return failure.error(); }

}  // namespace

void Store::take(RingWriter writer, bool in_memory) {
    if (writer_) carried_ += writer_->bytes_written();
    syncer_.reset();
    writer_ = std::make_unique<RingWriter>(std::move(writer));
    in_memory_ = in_memory;
    if (!in_memory) syncer_ = std::make_unique<Syncer>(writer_->fd(), sync_interval);
    const std::string& notice = writer_->notice();
    if (!notice.empty()) events_.push_back({EventKind::ring_notice, {}, {}, notice});
}

Result<> Store::open_file() {
    auto writer = RingWriter::open(path_, bytes_);
    if (!writer) return std::unexpected(writer.error());
    // What a killed agent left in memory belongs into the file.
    if (auto carried = carry_over(*writer); !carried) return carried;
    give_to_readers(path_);
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
    if (::lstat(name.c_str(), &status) == 0 && status.st_uid != ::geteuid()) {
        return fail(ErrorKind::denied, "{}; and {} is somebody else's file: remove it", why.message, name);
    }
    const std::uint64_t sequence = writer_ ? writer_->sequence() : 0;
    auto writer = RingWriter::open(name, std::min(bytes_, most_in_memory), sequence);
    if (!writer) return fail(writer.error().kind, "{}; and {}", why.message, writer.error().message);
    give_to_readers(name);
    take(std::move(*writer), true);
    tries_ = 0;
    next_try_ = 1;
    events_.push_back({EventKind::ring_in_memory, {}, {}, fmt::format("{}: frames go to memory ({}) until it can be written", why.message, name)});
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

// The stand-in's frames, in their order; none where there is no stand-in.
Result<> Store::carry_over(RingWriter& to) {
    const std::string name = stand_in_path(path_);
    if (file_to_read(path_) != name) return {};
    auto reader = RingReader::open(name);
    if (!reader) return {};
    Result<> result;
    Frame copy;
    const auto scanned = reader->scan({}, [&](const Frame& frame) {
        copy = frame;
        result = to.publish(copy);
        return result.has_value();
    });
    return scanned ? result : Result<>(std::unexpected(scanned.error()));
}

void Store::try_to_return() {
    if (--next_try_ > 0) return;
    // A full disk is tried as soon as it has room; one that fails again and again, less and less often.
    next_try_ = 1;
    if (!has_room()) return;
    auto returned = open_file();
    if (returned) {
        events_.push_back({EventKind::ring_on_disk, {}, {}, fmt::format("{}: is written again", path_)});
        return;
    }
    next_try_ = std::min(std::uint64_t{1} << std::min<std::uint64_t>(++tries_, 6), most_frames_between_tries);
}

Result<> Store::publish(Frame& frame) {
    if (in_memory_) try_to_return();
    if (syncer_ && syncer_->failed() != 0) {
        // What is in the file may be untrue from now on: it is left as it is, and a new one begun.
        (void)std::rename(path_.c_str(), (path_ + ".old").c_str());
        if (auto fallen = fall_back(told(fail_errno(syncer_->failed(), "{}: sync", path_))); !fallen) return fallen;
    }
    auto published = writer_->publish(frame, RingWriter::Wake::later);
    if (published || in_memory_ || published.error().kind != ErrorKind::system) return published;
    if (auto fallen = fall_back(published.error()); !fallen) return fallen;
    return writer_->publish(frame, RingWriter::Wake::later);
}

}  // namespace virtscope
