#include "core/history/record.h"

#include <bit>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/history/series.h"
#include "core/ring/recording.h"

namespace virtscope {
namespace {

std::string part_name(const std::string& path) { return fmt::format("{}.{}.part", path, ::getpid()); }

// The file under its first name; gone with the object unless it was given its final one.
class Part {
public:
    explicit Part(const std::string& path) : target_(path), name_(part_name(path)) {}
    ~Part() { ::unlink(name_.c_str()); }
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

    Result<> settle(bool replace) const {
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

// Every frame of the range that can be read, one after the other.
Result<Recorded> copy_frames(RingReader& reader, RecordingWriter& writer, const TimeRange& range) {
    Recorded done;
    Result<> added;
    const auto lost = reader.scan({.range = range, .guest = std::nullopt}, [&](const Frame& frame) {
        added = writer.add(frame);
        if (!added) return false;
        if (done.frames++ == 0) done.range.from = frame.realtime;
        done.range.to = frame.realtime;
        done.values += values_in(frame);
        return true;
    });
    if (!lost) return std::unexpected(lost.error());
    if (!added) return std::unexpected(added.error());
    if (done.frames == 0) return fail(ErrorKind::absent, "no frame in that range can be read");
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
    auto writer = RecordingWriter::create(part_name(path));
    if (!writer) return std::unexpected(writer.error());
    const Part part(path);
    auto done = copy_frames(reader, *writer, *held);
    if (!done) return done;
    const auto bytes = writer->finish();
    if (!bytes) return std::unexpected(bytes.error());
    if (auto settled = part.settle(replace); !settled) return std::unexpected(settled.error());
    done->bytes = *bytes;
    return done;
}

}  // namespace virtscope
