#include "core/ring/reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/ring/holder.h"
#include "core/ring/source.h"
#include "core/ring/survey.h"

namespace virtscope {
namespace {

using ring::Fetched;
using ring::RecordHeader;

// The first frame of the index with a sequence greater than `sequence`.
std::size_t first_after(const ring::FrameIndex& index, std::uint64_t sequence) {
    std::size_t low = 0;
    std::size_t high = index.size();
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (index[middle].sequence <= sequence) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

// Frames between the one before and this that are not in the index, their headers being damaged. A jump in the numbers
// alone is none: the link tells.
std::uint64_t hidden_before(const RecordHeader& header, const RecordHeader* before) {
    if (before == nullptr || header.previous() == before->position || header.sequence <= before->sequence) return 0;
    return header.sequence - before->sequence - 1;
}

std::int64_t earlier(std::int64_t time, std::chrono::nanoseconds by) {
    std::int64_t result = 0;
    return __builtin_sub_overflow(time, by.count(), &result) ? std::numeric_limits<std::int64_t>::min() : result;
}

}  // namespace

RingReader::RingReader(std::unique_ptr<Source> source) : source_(std::move(source)) {}
RingReader::RingReader(RingReader&&) noexcept = default;
RingReader& RingReader::operator=(RingReader&&) noexcept = default;
RingReader::~RingReader() = default;

Result<RingReader> RingReader::open(const std::string& path) {
    auto source = Source::open(path);
    if (!source) return std::unexpected(source.error());
    return RingReader(std::move(*source));
}

bool RingReader::is_recording() const { return source_->file.is_recording(); }

Result<FramePtr> RingReader::newest() {
    Source& m = *source_;
    // Each attempt begins with the newest frame there is by then: only a writer that laps the whole ring
    // within one copy, eight times in a row, leaves nothing to return.
    for (int attempt = 0; attempt < 8; ++attempt) {
        if (auto followed = m.follow(); !followed) return std::unexpected(followed.error());
        if (FramePtr frame = m.from_image()) return frame;
        if (auto fresh = m.refresh(); !fresh) return std::unexpected(fresh.error());
        if (m.index.empty()) break;
        if (FramePtr frame = m.newest_whole()) {
            m.last_at = m.index.newest().position;
            m.last = frame->sequence == m.index.newest().sequence ? frame : nullptr;
            return frame;
        }
    }
    if (m.index.empty()) return fail(ErrorKind::absent, "{}: no frame published yet: is virtscoped running?", m.path);
    return fail(ErrorKind::malformed, "{}: no readable frame: restart virtscoped if this stays", m.path);
}

Result<FramePtr> RingReader::before(const Frame& frame, std::chrono::nanoseconds age, std::chrono::nanoseconds slack) {
    Source& m = *source_;
    if (auto fresh = m.refresh(); !fresh) return std::unexpected(fresh.error());
    const std::uint64_t boot = ring::boot_hash(frame.roster->host.boot_id);
    const std::int64_t latest = earlier(frame.monotonic, age);
    // Frames are counted from the newest: the index grows at its front.
    std::size_t back = 1;
    for (; back <= m.index.size() || m.index.extend(m.file); ++back) {
        const std::size_t i = m.index.size() - back;
        const RecordHeader& header = m.index[i];
        if (header.sequence >= frame.sequence) continue;
        if (header.boot != boot) break;
        if (header.monotonic > latest) continue;
        const std::size_t cheapest = m.cheapest_before(back, boot, earlier(header.monotonic, slack));
        if (FramePtr found = m.frame_at(m.index.size() - cheapest)) return found;
        if (FramePtr found = m.frame_at(m.index.size() - back)) return found;
    }
    while (--back > 0) {
        const std::size_t i = m.index.size() - back;
        if (m.index[i].sequence >= frame.sequence) break;
        if (FramePtr found = m.frame_at(i)) return found;
    }
    return FramePtr();
}

Result<RingBatch> RingReader::since(std::uint64_t sequence, std::size_t limit) {
    Source& m = *source_;
    RingBatch batch;
    if (auto fresh = m.refresh(); !fresh) return std::unexpected(fresh.error());
    if (m.index.empty() || limit == 0) return batch;
    // A new file may count from one again.
    if (m.replaced && m.index.newest().sequence < sequence) sequence = 0;
    m.replaced = false;
    while (m.index.oldest().sequence > sequence + 1 && m.index.extend(m.file)) {}
    for (std::size_t i = first_after(m.index, sequence); i < m.index.size() && batch.frames.size() < limit; ++i) {
        if (FramePtr frame = m.frame_at(i)) batch.frames.push_back(std::move(frame));
    }
    if (!batch.frames.empty()) batch.lost = batch.frames.back()->sequence - sequence - batch.frames.size();
    return batch;
}

Result<FramePtr> RingReader::at(std::int64_t realtime) {
    Source& m = *source_;
    if (auto fresh = m.refresh(); !fresh) return std::unexpected(fresh.error());
    for (std::size_t back = 1; back <= m.index.size() || m.index.extend(m.file); ++back) {
        const std::size_t i = m.index.size() - back;
        if (m.index[i].realtime > realtime) continue;
        if (FramePtr frame = m.frame_at(i)) return frame;
    }
    return fail(ErrorKind::absent, "{}: does not reach back that far", m.path);
}

Result<FramePtr> RingReader::oldest() {
    Source& m = *source_;
    if (auto fresh = m.refresh(); !fresh) return std::unexpected(fresh.error());
    while (m.index.extend(m.file)) {}
    for (std::size_t i = 0; i < m.index.size(); ++i) {
        if (FramePtr frame = m.frame_at(i)) return frame;
    }
    return fail(ErrorKind::absent, "{}: no frame published yet: is virtscoped running?", m.path);
}

Result<RingExtent> RingReader::extent() {
    Source& m = *source_;
    if (auto fresh = m.refresh(); !fresh) return std::unexpected(fresh.error());
    while (m.index.extend(m.file)) {}
    if (m.index.empty()) return fail(ErrorKind::absent, "{}: no frame published yet: is virtscoped running?", m.path);
    const RecordHeader& oldest = m.index.oldest();
    const RecordHeader& newest = m.index.newest();
    return RingExtent{
        .from = oldest.realtime, .to = newest.realtime, .first = oldest.sequence, .last = newest.sequence};
}

Result<FramePtr> RingReader::step(const Frame& frame, std::int64_t count) {
    Source& m = *source_;
    if (auto fresh = m.refresh(); !fresh) return std::unexpected(fresh.error());
    if (m.index.empty()) return fail(ErrorKind::absent, "{}: no frame published yet: is virtscoped running?", m.path);
    const std::uint64_t back = count < 0 ? static_cast<std::uint64_t>(-count) : 0;
    const std::uint64_t earliest = frame.sequence > back ? frame.sequence - back : 0;
    while (m.index.oldest().sequence > earliest && m.index.extend(m.file)) {}
    auto i = static_cast<std::int64_t>(first_after(m.index, frame.sequence)) - 1 + count;
    i = std::clamp<std::int64_t>(i, 0, static_cast<std::int64_t>(m.index.size()) - 1);
    for (; i >= 0 && i < static_cast<std::int64_t>(m.index.size()); i += count < 0 ? -1 : 1) {
        if (FramePtr found = m.frame_at(static_cast<std::size_t>(i))) return found;
    }
    return fail(ErrorKind::absent, "{}: no readable frame there", m.path);
}

Result<bool> RingReader::wait(std::uint64_t sequence, std::chrono::nanoseconds timeout) {
    Source& m = *source_;
    const auto until = std::chrono::steady_clock::now() + timeout;
    for (;;) {
        const auto words = m.file.words();
        if (!words) return std::unexpected(words.error());
        if (auto fresh = m.refresh(); !fresh) return std::unexpected(fresh.error());
        if (!std::exchange(m.told, true)) return true;
        if (!m.index.empty() && (m.replaced || m.index.newest().sequence > sequence)) return true;
        const auto left = until - std::chrono::steady_clock::now();
        if (left <= left.zero()) return false;
        // A file that was set aside is not written any more: look from time to time.
        m.waiter.wait(m.opened.fd.get(), words->published, std::min<std::chrono::nanoseconds>(left, std::chrono::seconds(1)));
    }
}

Result<std::uint64_t> RingReader::scan(const Selection& selection, const Visit& visit) {
    Source& m = *source_;
    if (auto fresh = m.refresh(); !fresh) return std::unexpected(fresh.error());
    const TimeRange& range = selection.range;
    while (!m.index.empty() && m.index.oldest().realtime >= range.from && m.index.extend(m.file)) {}
    ring::Replay replay(selection.guest, selection.host_only);
    std::uint64_t lost = 0;
    const RecordHeader* before = nullptr;
    for (std::size_t i = 0; i < m.index.size(); ++i) {
        const RecordHeader& header = m.index[i];
        if (header.realtime < range.from || header.realtime > range.to) continue;
        lost += hidden_before(header, before);
        before = &header;
        const Fetched fetched = replay.to(m.file, m.rosters, header);
        if (replay.without_guest()) continue;
        if (fetched != Fetched::ok) {
            ++lost;
            continue;
        }
        if (!visit(replay.frame())) break;
    }
    return lost;
}

Result<RingInfo> RingReader::info() {
    Source& m = *source_;
    if (auto followed = m.follow(); !followed) return std::unexpected(followed.error());
    const auto header = ring::read_header(m.opened.fd.get(), m.path);
    if (!header) return std::unexpected(header.error());
    const auto words = m.file.words();
    if (!words) return std::unexpected(words.error());
    RingInfo info;
    info.version = ring::format_version;
    info.capacity = m.file.capacity();
    info.bytes = words->head - words->tail;
    if (const ring::WriterSlot* slot = ring::newest_slot(*header)) {
        info.host = ring::text_of(slot->host);
        info.boot_id = ring::text_of(slot->boot_id);
        info.writer_pid = slot->pid;
    }
    info.recording = m.file.is_recording();
    struct stat status {};
    if (::fstat(m.opened.fd.get(), &status) == 0) {
        info.file_bytes = static_cast<std::uint64_t>(status.st_size);
        info.writing = ring::process_writing(status, info.writer_pid);
    }
    const ring::Tally tally = ring::count_records(m.file, *words);
    info.frames = tally.frames;
    info.values = tally.values;
    info.damaged = tally.damaged;
    info.from = tally.from;
    info.to = tally.to;
    return info;
}

}  // namespace virtscope
