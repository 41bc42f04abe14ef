#include "core/ring/reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <sys/stat.h>

#include "core/ring/file.h"
#include "core/ring/holder.h"
#include "core/ring/image.h"
#include "core/ring/index.h"
#include "core/ring/open_to_read.h"
#include "core/ring/replay.h"
#include "core/ring/roster_cache.h"
#include "core/ring/stand_in.h"
#include "core/ring/survey.h"
#include "core/ring/waiter.h"

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

}  // namespace

struct RingReader::Mapping {
    Mapping(std::string name, ring::OpenedRing from)
        : path(std::move(name)), opened(std::move(from)), file(opened.fd.get(), path, opened.constant) {}

    std::string path;
    ring::OpenedRing opened;
    ring::RingFile file;
    ring::FrameIndex index;
    ring::RosterCache rosters;
    ring::ImageReader images;
    ring::Replay replay;
    ring::Waiter waiter;
    ring::Bytes scratch;
    FramePtr last;              // the newest frame returned, and where it was
    std::uint64_t last_at = 0;
    bool replaced = false;      // the file is another one than at the last since(), or its numbering began anew
    bool told = true;           // wait() has said so

    static Result<std::unique_ptr<Mapping>> open(const std::string& path);
    void mend_words();
    bool made_anew() const;
    Result<> follow();
    Result<> refresh();
    FramePtr frame_at(std::size_t i);
    FramePtr from_image();
    bool add_events(const ring::ImageHeader& image, Frame& frame);
    FramePtr newest_whole();
};

Result<std::unique_ptr<RingReader::Mapping>> RingReader::Mapping::open(const std::string& path) {
    auto opened = ring::open_to_read(file_to_read(path));
    if (!opened) return std::unexpected(opened.error());
    auto mapping = std::make_unique<Mapping>(path, std::move(*opened));
    mapping->mend_words();
    return mapping;
}

// Words that were damaged would hide records: these are looked for then. A writer at work is given time.
void RingReader::Mapping::mend_words() {
    const auto words = file.words();
    if (words && ring::leads_somewhere(file, *words)) return;
    const ring::Words found = ring::find_end(file, {}).words;
    // Where a writer went on meanwhile, all is well. Records that are damaged themselves are no matter of the words.
    const auto again = file.words();
    if (words.has_value() != again.has_value() || (words && *words != *again)) return;
    const bool hidden = !words || found.newest > words->newest || found.head > words->head || found.tail < words->tail;
    if (hidden) file.replace_words(found);
}

// Cut to nothing and made anew by the next writer: the same file, another ring.
bool RingReader::Mapping::made_anew() const {
    ring::ConstantPart constant{};
    if (!file.read_at(0, std::as_writable_bytes(std::span(&constant, 1)))) return false;
    return constant.magic == ring::magic_ready && constant.crc == ring::constant_crc(constant) &&
           constant.salt != opened.constant.salt;
}

// A writer that set the old file aside made a new one under the same name, or writes a stand-in in memory.
Result<> RingReader::Mapping::follow() {
    struct stat now {};
    if (::stat(file_to_read(path).c_str(), &now) != 0) return {};
    if (now.st_dev == opened.device && now.st_ino == opened.inode && !made_anew()) return {};
    auto other = open(path);
    // A new file is root's until it is given to its readers, and has nothing to show before its first frame.
    const auto passes = [](ErrorKind kind) {
        return kind == ErrorKind::absent || kind == ErrorKind::malformed || kind == ErrorKind::denied;
    };
    if (!other && passes(other.error().kind)) return {};
    if (!other) return std::unexpected(other.error());
    const auto words = (*other)->file.words();
    if (!words || words->newest == 0) return {};
    *this = std::move(**other);
    replaced = true;
    told = false;
    return {};
}

Result<> RingReader::Mapping::refresh() {
    if (auto followed = follow(); !followed) return followed;
    const std::uint64_t before = index.empty() ? 0 : index.newest().sequence;
    auto fresh = index.refresh(file);
    if (!index.empty() && index.newest().sequence < before) {
        replaced = true;
        told = false;
        // Positions are used again.
        rosters.clear();
        replay.clear();
        last.reset();
    }
    return fresh;
}

// The frame whose header this is; null if it or its roster was overwritten or damaged.
FramePtr RingReader::Mapping::frame_at(std::size_t i) {
    const RecordHeader header = index[i];
    if (last && last_at == header.position && last->sequence == header.sequence) return last;
    if (replay.to(file, rosters, header) != Fetched::ok) return nullptr;
    return std::make_shared<Frame>(replay.frame());
}

// The newest frame out of the image; null where that is not to be had.
FramePtr RingReader::Mapping::from_image() {
    const auto words = file.words();
    const ring::ImageHeader header = images.header(file);
    if (!words || header.sequence == 0 || words->newest == 0) return nullptr;
    if (header.position < words->newest || header.position >= words->head) return nullptr;
    if (last && last_at == header.position && last->sequence == header.sequence) return last;
    RosterPtr roster;
    if (rosters.get(file, header.roster, header.roster_number, scratch, roster) != Fetched::ok) return nullptr;
    // A frame that nobody else holds any more lends its memory.
    std::shared_ptr<Frame> frame = last.use_count() == 1 ? std::const_pointer_cast<Frame>(std::exchange(last, nullptr)) : nullptr;
    if (!frame) frame = std::make_shared<Frame>();
    if (!images.read(file, header, std::move(roster), *frame)) return nullptr;
    if ((header.events > 0 && !add_events(header, *frame))) return nullptr;
    last = frame;
    last_at = header.position;
    return frame;
}

bool RingReader::Mapping::add_events(const ring::ImageHeader& image, Frame& frame) {
    RecordHeader record{};
    if (file.header(image.position, record) != Fetched::ok || file.head(record, scratch) != Fetched::ok) return false;
    ring::Head head;
    if (!ring::decode_head(scratch, record.length, record.monotonic, head)) return false;
    frame.events = std::move(head.events);
    return true;
}

FramePtr RingReader::Mapping::newest_whole() {
    for (std::size_t back = 1;; ++back) {
        if (back > index.size() && !index.extend(file)) return nullptr;
        const std::size_t i = index.size() - back;
        if (FramePtr frame = frame_at(i)) return frame;
        // Overtaken while it was copied, not damaged: there is a newer one by now, an older one will not do.
        const auto words = file.words();
        if (!words || words->tail > index[i].position) return nullptr;
    }
}

RingReader::RingReader(std::unique_ptr<Mapping> mapping) : mapping_(std::move(mapping)) {}
RingReader::RingReader(RingReader&&) noexcept = default;
RingReader& RingReader::operator=(RingReader&&) noexcept = default;
RingReader::~RingReader() = default;

Result<RingReader> RingReader::open(const std::string& path) {
    auto mapping = Mapping::open(path);
    if (!mapping) return std::unexpected(mapping.error());
    return RingReader(std::move(*mapping));
}

Result<FramePtr> RingReader::newest() {
    Mapping& m = *mapping_;
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

Result<FramePtr> RingReader::before(const Frame& frame, std::chrono::nanoseconds age) {
    Mapping& m = *mapping_;
    if (auto fresh = m.refresh(); !fresh) return std::unexpected(fresh.error());
    const std::uint64_t boot = ring::boot_hash(frame.roster->host.boot_id);
    std::int64_t latest = 0;
    if (__builtin_sub_overflow(frame.monotonic, age.count(), &latest)) latest = std::numeric_limits<std::int64_t>::min();
    // Frames are counted from the newest: the index grows at its front.
    std::size_t back = 1;
    for (; back <= m.index.size() || m.index.extend(m.file); ++back) {
        const std::size_t i = m.index.size() - back;
        const RecordHeader& header = m.index[i];
        if (header.sequence >= frame.sequence) continue;
        if (header.boot != boot) break;
        if (header.monotonic > latest) continue;
        if (FramePtr found = m.frame_at(i)) return found;
    }
    while (--back > 0) {
        const std::size_t i = m.index.size() - back;
        if (m.index[i].sequence >= frame.sequence) break;
        if (FramePtr found = m.frame_at(i)) return found;
    }
    return FramePtr();
}

Result<RingBatch> RingReader::since(std::uint64_t sequence, std::size_t limit) {
    Mapping& m = *mapping_;
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
    Mapping& m = *mapping_;
    if (auto fresh = m.refresh(); !fresh) return std::unexpected(fresh.error());
    for (std::size_t back = 1; back <= m.index.size() || m.index.extend(m.file); ++back) {
        const std::size_t i = m.index.size() - back;
        if (m.index[i].realtime > realtime) continue;
        if (FramePtr frame = m.frame_at(i)) return frame;
    }
    return fail(ErrorKind::absent, "{}: does not reach back that far", m.path);
}

Result<FramePtr> RingReader::oldest() {
    Mapping& m = *mapping_;
    if (auto fresh = m.refresh(); !fresh) return std::unexpected(fresh.error());
    while (m.index.extend(m.file)) {}
    for (std::size_t i = 0; i < m.index.size(); ++i) {
        if (FramePtr frame = m.frame_at(i)) return frame;
    }
    return fail(ErrorKind::absent, "{}: no frame published yet: is virtscoped running?", m.path);
}

Result<FramePtr> RingReader::step(const Frame& frame, std::int64_t count) {
    Mapping& m = *mapping_;
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
    Mapping& m = *mapping_;
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
    Mapping& m = *mapping_;
    if (auto fresh = m.refresh(); !fresh) return std::unexpected(fresh.error());
    const TimeRange& range = selection.range;
    while (!m.index.empty() && m.index.oldest().realtime >= range.from && m.index.extend(m.file)) {}
    ring::Replay replay(selection.guest);
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
    Mapping& m = *mapping_;
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
