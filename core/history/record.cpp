#include "core/history/record.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fd.h"
#include "core/history/series.h"
#include "core/ring/writer.h"

namespace virtscope {
namespace {

constexpr std::uint64_t smallest = 64 << 10;
constexpr std::uint64_t largest = 1ULL << 40;  // what RingWriter takes

// The file under its first name; gone with the object unless it was given its final one.
class Part {
public:
    explicit Part(const std::string& path) : target_(path), name_(fmt::format("{}.{}.part", path, ::getpid())) {}
    ~Part() { clear(); }
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

    const std::string& name() const { return name_; }
    void clear() const { ::unlink(name_.c_str()); }

    Result<> settle(bool replace) const {
        const Fd fd(::open(name_.c_str(), O_RDONLY | O_CLOEXEC));
        if (!fd || ::fsync(fd.get()) != 0) return fail_errno(errno, "{}: write", name_);
        const unsigned flags = replace ? 0 : RENAME_NOREPLACE;
        if (::renameat2(AT_FDCWD, name_.c_str(), AT_FDCWD, target_.c_str(), flags) == 0) return {};
        if (errno == EEXIST) return fail(ErrorKind::busy, "{}: exists already: --force replaces it", target_);
        return fail_errno(errno, "{}: rename from {}", target_, name_);
    }

private:
    std::string target_;
    std::string name_;
};

std::uint64_t values_in(const Frame& frame) {
    std::uint64_t values = 0;
    for (const Table& table : frame.tables) {
        for (std::size_t r = 0; r < table.rows(); ++r)
            values += static_cast<std::uint64_t>(std::popcount(table.row(r).present));
    }
    return values;
}

// The share of the ring that the range has by time, and a bit. A guess: if it is too small, more is tried.
Result<std::uint64_t> room_for(RingReader& reader, const TimeRange& range) {
    const auto info = reader.info();
    if (!info) return std::unexpected(info.error());
    const auto all = static_cast<double>(std::max<std::int64_t>(1, info->to - info->from));
    const double share = std::clamp(static_cast<double>(range.to - range.from) / all, 0.0, 1.0);
    return smallest + static_cast<std::uint64_t>(static_cast<double>(info->bytes) * share * 1.1);
}

// How much of a file is for frames and how much they take is the ring's business: what counts is what can be read.
Result<bool> holds(const std::string& path, std::uint64_t frames) {
    auto reader = RingReader::open(path);
    if (!reader) return std::unexpected(reader.error());
    const auto info = reader->info();
    if (!info) return std::unexpected(info.error());
    return info->frames == frames;
}

// Null: `room` was not enough.
Result<std::optional<Recorded>> attempt(RingReader& reader, const std::string& path, const TimeRange& range,
                                        std::uint64_t room) {
    auto writer = RingWriter::open(path, room);
    if (!writer) return std::unexpected(writer.error());
    Recorded done;
    Frame copy;
    Result<> published;
    const auto lost = reader.scan({.range = range, .guest = std::nullopt}, [&](const Frame& frame) {
        copy = frame;
        published = writer->publish(copy);
        if (!published || writer->bytes_written() > room) return false;
        if (done.frames++ == 0) done.range.from = frame.realtime;
        done.range.to = frame.realtime;
        done.values += values_in(frame);
        return true;
    });
    if (!lost) return std::unexpected(lost.error());
    const bool too_large = !published && published.error().kind == ErrorKind::unsupported;
    if (!published && !too_large) return std::unexpected(published.error());
    if (too_large || writer->bytes_written() > room) return std::nullopt;
    done.lost = *lost;
    return done;
}

Result<> check_target(const std::string& path, bool replace) {
    struct stat status {};
    const std::string folder = std::filesystem::path(path).parent_path();
    if (!folder.empty() && ::access(folder.c_str(), W_OK) != 0)
        return fail_errno(errno, "{}: cannot write there", folder);
    if (::lstat(path.c_str(), &status) != 0) return {};
    if (!S_ISREG(status.st_mode))
        return fail(ErrorKind::busy, "{}: exists and is no regular file: give another name", path);
    if (!replace) return fail(ErrorKind::busy, "{}: exists already: --force replaces it", path);
    return {};
}

}  // namespace

Result<Recorded> record(RingReader& reader, const std::string& path, const TimeRange& range, bool replace) {
    if (auto good = check_target(path, replace); !good) return std::unexpected(good.error());
    const auto held = clip_to_ring(reader, range);
    if (!held) return std::unexpected(held.error());
    auto room = room_for(reader, *held);
    if (!room) return std::unexpected(room.error());
    const Part part(path);
    for (; *room <= largest; *room += *room / 4) {
        part.clear();
        auto done = attempt(reader, part.name(), *held, *room);
        if (!done) return std::unexpected(done.error());
        if (!*done) continue;
        if ((*done)->frames == 0) return fail(ErrorKind::absent, "no frame in that range can be read");
        const auto complete = holds(part.name(), (*done)->frames);
        if (!complete) return std::unexpected(complete.error());
        if (!*complete) continue;
        if (auto settled = part.settle(replace); !settled) return std::unexpected(settled.error());
        struct stat status {};
        if (::stat(path.c_str(), &status) == 0) (*done)->bytes = static_cast<std::uint64_t>(status.st_size);
        return **done;
    }
    return fail(ErrorKind::unsupported, "{}: that range does not fit into a file of {} bytes", path, largest);
}

}  // namespace virtscope
