#include "core/ring/source.h"

#include <utility>

#include <sys/stat.h>

#include "core/ring/stand_in.h"
#include "core/ring/survey.h"

namespace virtscope {

using ring::Fetched;
using ring::RecordHeader;

Result<std::unique_ptr<RingReader::Source>> RingReader::Source::open(const std::string& path) {
    auto opened = ring::open_to_read(file_to_read(path));
    if (!opened) return std::unexpected(opened.error());
    auto source = std::make_unique<Source>(path, std::move(*opened));
    source->mend_words();
    return source;
}

// Words that were damaged would hide records: these are looked for then. A writer at work is given time.
void RingReader::Source::mend_words() {
    const auto words = file.words();
    const bool ends = words && ring::ends_well(file, *words);
    if (ends && ring::begins_well(file, *words)) return;
    const ring::Words found = ring::find_end(file, {}).words;
    // Where a writer went on meanwhile, all is well. Records that are damaged themselves are no matter of the words.
    const auto again = file.words();
    if (words.has_value() != again.has_value() || (words && *words != *again)) return;
    // Where the end is well, a record that claims to be of a later lap is a lie.
    if (ends && found.newest != words->newest) return;
    const bool hidden = !words || found.newest > words->newest || found.head > words->head || found.tail < words->tail;
    if (hidden) file.replace_words(found);
}

// Cut to nothing and made anew by the next writer: the same file, another ring.
bool RingReader::Source::made_anew() const {
    ring::ConstantPart constant{};
    if (!file.read_at(0, std::as_writable_bytes(std::span(&constant, 1)))) return false;
    return constant.magic == ring::magic_ready && constant.crc == ring::constant_crc(constant) &&
           constant.salt != opened.constant.salt;
}

// A writer that set the old file aside made a new one under the same name, or writes a stand-in in memory.
Result<> RingReader::Source::follow() {
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

Result<> RingReader::Source::refresh() {
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
FramePtr RingReader::Source::frame_at(std::size_t i) {
    const RecordHeader header = index[i];
    if (last && last_at == header.position && last->sequence == header.sequence) return last;
    if (replay.to(file, rosters, header) != Fetched::ok) return nullptr;
    return std::make_shared<Frame>(replay.frame());
}

// The newest frame out of the image; null where that is not to be had.
std::size_t RingReader::Source::cheapest_before(std::size_t back, std::uint64_t boot, std::int64_t earliest) {
    const auto way = [this](std::size_t at) {
        const ring::RecordHeader& header = index[index.size() - at];
        return header.position - header.base();
    };
    std::size_t cheapest = back;
    for (; back <= index.size() || index.extend(file); ++back) {
        const ring::RecordHeader& header = index[index.size() - back];
        if (header.boot != boot || header.monotonic < earliest) break;
        if (way(back) < way(cheapest)) cheapest = back;
    }
    return cheapest;
}

FramePtr RingReader::Source::from_image() {
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

bool RingReader::Source::add_events(const ring::ImageHeader& image, Frame& frame) {
    RecordHeader record{};
    if (file.header(image.position, record) != Fetched::ok || file.head(record, scratch) != Fetched::ok) return false;
    ring::Head head;
    if (!ring::decode_head(scratch, record.length, record.monotonic, head)) return false;
    frame.events = std::move(head.events);
    return true;
}

FramePtr RingReader::Source::newest_whole() {
    for (std::size_t back = 1;; ++back) {
        if (back > index.size() && !index.extend(file)) return nullptr;
        const std::size_t i = index.size() - back;
        if (FramePtr frame = frame_at(i)) return frame;
        // Overtaken while it was copied, not damaged: there is a newer one by now, an older one will not do.
        const auto words = file.words();
        if (!words || words->tail > index[i].position) return nullptr;
    }
}

}  // namespace virtscope
