#include "core/ring/recording.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/ring/frame_log.h"
#include "core/ring/header_page.h"
#include "core/ring/io.h"

namespace virtscope {
namespace {

using ring::HeaderPage;

// Records are written as into a ring so large that nothing ever wraps: position p lies at byte p whatever the
// capacity, which is cut to what was used in the end. The header page stays in memory until then.
constexpr std::uint64_t room = ring::max_capacity;

// What a record may take besides itself, at most: a roster and a checkpoint that come before it.
constexpr std::uint64_t margin = 4 * ring::max_payload;

Result<Fd> make(const std::string& path) {
    Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!fd && errno == EEXIST)
        return fail(ErrorKind::busy, "{}: exists already: if no virtscope record is at it, remove it", path);
    if (!fd) return fail_errno(errno, "{}: make", path);
    // An agent that is given this name must not take the unfinished file for a ring to be.
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return fail_errno(errno, "{}: lock", path);
    if (!ring::write_at(fd.get(), 0, ring::bytes_of(ring::magic_unfinished)))
        return fail_errno(errno, "{}: write", path);
    return fd;
}

}  // namespace

struct RecordingWriter::State {
    explicit State(ring::WriterFile made) : log(std::move(made)) {}

    ring::FrameLog log;
    std::uint64_t sequence = 0;
    RosterPtr roster;
    bool failed = false;

    Result<> add(const Frame& frame);
    HeaderPage header() const;
    Result<> write(const HeaderPage& header) const;
    Result<std::uint64_t> finish();
};

Result<> RecordingWriter::State::add(const Frame& frame) {
    const std::string& path = log.file().path;
    if (failed) return fail(ErrorKind::malformed, "{}: a frame is missing in it", path);
    failed = true;
    if (frame.sequence <= sequence) {
        return fail(ErrorKind::malformed, "{}: frame {} behind frame {}", path, frame.sequence, sequence);
    }
    if (log.words().head > room - margin) return fail(ErrorKind::unsupported, "{}: more than 1 TiB", path);
    const auto at = log.append(frame, frame.sequence);
    if (!at) return std::unexpected(at.error());
    if (auto told = log.publish(*at); !told) return std::unexpected(told.error());
    sequence = frame.sequence;
    roster = frame.roster;
    failed = false;
    return {};
}

// That of a ring whose log ends where its data area does.
HeaderPage RecordingWriter::State::header() const {
    const ring::Words& words = log.words();
    HeaderPage made = log.file().header();
    const std::uint64_t used = words.head - ring::first_position;
    made.constant.capacity = std::max((used + ring::page - 1) / ring::page, std::uint64_t{1}) * ring::page;
    made.constant.crc = ring::constant_crc(made.constant);
    made.words = words;
    made.words.head = ring::skip_stub(words.head, made.constant.capacity);
    // The host that the frames are about, which need not be this one.
    ring::sign(made, roster ? ring::Signature{.host = roster->host.name, .boot_id = roster->host.boot_id}
                            : ring::this_writer());
    return made;
}

// The front becomes valid when everything else is on the disk.
Result<> RecordingWriter::State::write(const HeaderPage& header) const {
    const int fd = log.file().fd.get();
    const std::uint64_t size = ring::page + header.constant.capacity;
    const auto all = ring::bytes_of(header);
    const auto front = ring::bytes_of(header.constant);
    const bool written = ::ftruncate(fd, static_cast<off_t>(size)) == 0 &&
                         ring::write_at(fd, front.size(), all.subspan(front.size())) && ::fsync(fd) == 0 &&
                         ring::write_at(fd, 0, front) && ring::write_at(fd, ring::constant_copy_at, front) && ::fsync(fd) == 0;
    if (!written) return fail_errno(errno, "{}: write", log.file().path);
    return {};
}

Result<std::uint64_t> RecordingWriter::State::finish() {
    if (failed) return fail(ErrorKind::malformed, "{}: a frame is missing in it", log.file().path);
    failed = true;
    if (auto closed = log.close(); !closed) return std::unexpected(closed.error());
    const HeaderPage done = header();
    if (auto written = write(done); !written) return std::unexpected(written.error());
    return ring::page + done.constant.capacity;
}

RecordingWriter::RecordingWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
RecordingWriter::RecordingWriter(RecordingWriter&&) noexcept = default;
RecordingWriter& RecordingWriter::operator=(RecordingWriter&&) noexcept = default;
RecordingWriter::~RecordingWriter() = default;

Result<RecordingWriter> RecordingWriter::create(const std::string& path) {
    auto fd = make(path);
    if (!fd) return std::unexpected(fd.error());
    auto memory = ring::SharedMapping::of_no_file(ring::page);
    if (!memory) return std::unexpected(memory.error());
    ring::WriterFile file;
    file.fd = std::move(*fd);
    file.path = path;
    file.mapping = std::move(*memory);
    file.header() = ring::new_header(room, 0, ring::is_recording);
    file.constant = file.header().constant;
    file.words = file.header().words;
    return RecordingWriter(std::make_unique<State>(std::move(file)));
}

Result<> RecordingWriter::add(const Frame& frame) { return state_->add(frame); }
Result<std::uint64_t> RecordingWriter::finish() { return state_->finish(); }

}  // namespace virtscope
