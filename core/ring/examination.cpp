#include "core/ring/examination.h"

#include <algorithm>
#include <bit>

#include "core/ring/image.h"
#include "core/ring/index.h"
#include "core/ring/record_pass.h"
#include "core/ring/replay.h"

namespace virtscope::ring {
namespace {

// More frames than a writer ever codes from one base, so that no chain of them makes a reader work for long.
constexpr std::uint64_t longest_group = 2 * group_frames;

std::uint64_t rows_of(const Roster& roster) {
    std::uint64_t rows = 0;
    for (std::size_t s = 0; s < scope_count; ++s) rows += roster.rows(static_cast<Scope>(s));
    return rows;
}

std::uint64_t values_in(const Frame& frame) {
    std::uint64_t values = 0;
    for (const Table& table : frame.tables) {
        for (std::size_t r = 0; r < table.rows(); ++r)
            values += static_cast<std::uint64_t>(std::popcount(table.row(r).present));
    }
    return values;
}

bool same_tables(const Frame& a, const Frame& b) {
    for (std::size_t s = 0; s < scope_count; ++s) {
        const Table& left = a.tables[s];
        const Table& right = b.tables[s];
        if (left.rows() != right.rows()) return false;
        for (std::size_t r = 0; r < left.rows(); ++r) {
            const Row& row = left.row(r);
            const Row& other = right.row(r);
            if (row.time != other.time || row.present != other.present || row.quality != other.quality) return false;
            for (std::size_t c = 0; c < left.columns(); ++c) {
                if (left.get(r, c) != right.get(r, c)) return false;
            }
        }
    }
    return true;
}

// What a file of some size may ask for. A ring whose guests all stand still has some rows a byte.
class Budget {
public:
    Budget(const RingFile& file, std::uint64_t used)
        : file_(file),
          start_(file.work()),
          bytes_((std::uint64_t{64} << 20) + 16 * used),
          rows_((std::uint64_t{1} << 24) + 64 * used) {}

    void take_rows(std::uint64_t rows) { rows_ -= std::min(rows_, rows); }
    bool exhausted() const { return rows_ == 0 || file_.work() - start_ > bytes_; }

private:
    const RingFile& file_;
    std::uint64_t start_;
    std::uint64_t bytes_;
    std::uint64_t rows_;
};

class Examiner {
public:
    Examiner(const RingFile& file, const FrameIndex& index, const Words& words)
        : file_(file), index_(index), words_(words), pass_(file, words), budget_(file, words.head - words.tail) {}

    Examination run();

private:
    void find_unreachable();
    void decode(std::size_t i, std::size_t group_end);
    void accept(const RecordHeader& header);
    void refuse(const RecordHeader& header, std::size_t group_end);
    void compare_image(const RecordHeader& newest);
    bool overtaken(const RecordHeader& header) const;
    std::size_t end_of_group(std::size_t i) const;

    const RingFile& file_;
    const FrameIndex& index_;
    Words words_;
    RecordPass pass_;
    Budget budget_;
    RosterCache rosters_;
    Replay replay_;
    Examination found_;
    std::uint64_t lost_ = 0;
    std::uint64_t wrong_links_ = 0;
};

bool Examiner::overtaken(const RecordHeader& header) const {
    const auto now = file_.words();
    return now && now->tail > std::min(header.base(), header.position);
}

// Frames that stand in the log and that no reader meets, because the links or the header do not lead to them. One
// behind the newest frame was being written when its writer was killed.
void Examiner::find_unreachable() {
    const auto now = file_.words();
    const std::uint64_t newest = index_.empty() ? 0 : index_.newest().position;
    std::uint64_t behind = 0;
    std::uint64_t hidden = 0;
    std::size_t i = 0;
    for (const RecordPass::Seen& seen : pass_.frames()) {
        if (!now || seen.base < now->tail) continue;
        while (i < index_.size() && index_[i].sequence < seen.sequence) ++i;
        if (i < index_.size() && index_[i].sequence == seen.sequence) continue;
        ++(seen.position > newest ? behind : hidden);
    }
    const bool moved = !now || now->newest != words_.newest;
    if (behind > 1 && !moved) hidden += behind;
    wrong_links_ = hidden == 0 ? 0 : 1;
    lost_ += hidden;
}

// Behind the last frame that is decoded from the same base as frame i and the ones behind it.
std::size_t Examiner::end_of_group(std::size_t i) const {
    const std::uint64_t base = index_[i].base();
    while (i < index_.size() && index_[i].base() == base) ++i;
    return i;
}

void Examiner::accept(const RecordHeader& header) {
    const Frame& frame = replay_.frame();
    const std::uint64_t values = values_in(frame);
    if (values != header.values) pass_.add_lie(header.position);
    if (found_.frames == 0 || header.realtime < found_.from) found_.from = header.realtime;
    if (found_.frames == 0 || header.realtime > found_.to) found_.to = header.realtime;
    ++found_.frames;
    found_.values += values;
}

// Damage within what a frame is decoded from explains why it cannot be; else its own record lies.
void Examiner::refuse(const RecordHeader& header, std::size_t group_end) {
    ++lost_;
    const std::uint64_t first = std::min(header.base(), header.roster());
    const std::uint64_t last = group_end < index_.size() ? index_[group_end].position : words_.head;
    if (!pass_.damaged_between(first, last)) pass_.add_lie(header.position);
}

void Examiner::decode(std::size_t i, std::size_t group_end) {
    const RecordHeader header = index_[i];
    const bool too_long = group_end - i > longest_group || pass_.count(header.base(), header.position) > longest_group;
    const Fetched fetched = too_long ? Fetched::damaged : replay_.to(file_, rosters_, header);
    if (fetched != Fetched::ok && overtaken(header)) return;
    const std::uint64_t rows = replay_.frame().roster ? rows_of(*replay_.frame().roster) : 1;
    budget_.take_rows(fetched == Fetched::ok ? 2 * rows : rows * 2 * (group_end - i));
    if (fetched == Fetched::ok) {
        accept(header);
    } else {
        refuse(header, group_end);
    }
}

// The image repeats the newest frame; readers take it first.
void Examiner::compare_image(const RecordHeader& newest) {
    ImageReader images;
    const ImageHeader header = ImageReader::header(file_);
    if (header.sequence == 0 || header.position != newest.position || replay_.frame().sequence != newest.sequence)
        return;
    Bytes scratch;
    RosterPtr roster;
    Frame frame;
    bool good = rosters_.get(file_, header.roster, header.roster_number, scratch, roster) == Fetched::ok;
    good = good && images.read(file_, header, std::move(roster), frame) && same_tables(frame, replay_.frame()) &&
           frame.sequence == newest.sequence && frame.realtime == newest.realtime &&
           frame.monotonic == newest.monotonic;
    // Not damage but a writer, if it is another one by now.
    if (!good && ImageReader::header(file_).sequence == header.sequence) ++wrong_links_;
}

Examination Examiner::run() {
    find_unreachable();
    std::size_t group_end = 0;
    for (std::size_t i = 0; i < index_.size(); ++i) {
        if (i >= group_end) group_end = end_of_group(i);
        if (budget_.exhausted()) {
            found_.given_up = true;
            lost_ += index_.size() - i;
            break;
        }
        decode(i, group_end);
    }
    if (!found_.given_up && !index_.empty()) compare_image(index_.newest());
    found_.told = found_.frames + lost_ + pass_.missing();
    found_.damaged = pass_.damaged() + wrong_links_ + (found_.given_up ? 1 : 0);
    return found_;
}

}  // namespace

Result<Examination> examine_frames(const RingFile& file) {
    FrameIndex index;
    if (auto fresh = index.refresh(file); !fresh) return std::unexpected(fresh.error());
    while (index.extend(file)) {
    }
    const auto words = file.words();
    if (!words) return std::unexpected(words.error());
    return Examiner(file, index, *words).run();
}

std::uint64_t count_recognised(const RingFile& file) {
    std::uint64_t frames = 0;
    std::uint64_t offset = 0;
    RecordHeader record{};
    while (file.find_any(offset, record)) {
        if (record.type == RecordType::frame) ++frames;
        offset = offset_of(record.position, file.capacity()) + record_size(record.length);
    }
    return frames;
}

}  // namespace virtscope::ring
