#include <algorithm>
#include <bit>

#include "core/ring/nibble.h"
#include "core/ring/quantum.h"
#include "core/ring/row.h"
#include "core/ring/segment.h"
#include "core/ring/varint.h"

namespace virtscope::ring {
namespace {

// What a row is coded against, and the row. Absent cells of both are zero.
struct Pair {
    const Row* old_row;
    const std::uint64_t* old_cells;
    std::uint64_t sticky;
    const Row* row;
    const std::uint64_t* cells;
    std::int64_t before;
    std::int64_t now;
};

class SegmentEncoder {
public:
    explicit SegmentEncoder(SegmentScratch& scratch) : scratch_(scratch) {
        scratch.news.clear();
        scratch.nibbles.clear();
        data_at_ = scratch.data.size();
    }

    // Columns that joined the sticky ones.
    std::uint64_t row(const Pair& pair, Scope scope, std::uint64_t changed, std::uint64_t predicted_wait) {
        const std::uint64_t joined = changed & ~pair.sticky;
        tell_news(joined, pair.row->present ^ pair.old_row->present,
                  static_cast<std::uint8_t>(pair.row->quality) ^ static_cast<std::uint8_t>(pair.old_row->quality));
        put(time_residue(pair.old_row->time, pair.row->time, pair.before, pair.now), 1);
        const auto steps = quanta(scope);
        for (std::uint64_t left = pair.sticky | joined; left != 0; left &= left - 1) {
            const auto c = static_cast<std::size_t>(std::countr_zero(left));
            std::uint64_t difference = pair.cells[c] - pair.old_cells[c];
            if (scope == Scope::Guest && c == guest_wait) difference -= predicted_wait;
            put(difference, steps[c]);
        }
        return joined;
    }

    // Announces the row's sticky mask for later, and the one before; after row().
    void masks(std::uint64_t sticky, std::uint64_t closing) {
        mask(news_sticky, sticky);
        mask(news_closing, closing);
    }

    void finish(std::vector<std::byte>& out) {
        auto& nibbles = scratch_.nibbles;
        while (!nibbles.empty() && nibbles.back() == 0) nibbles.pop_back();
        // A zero at the end is the flags of a row without news: none of what they announce ends with one.
        while (!scratch_.news.empty() && scratch_.news.back() == std::byte{}) scratch_.news.pop_back();
        const std::size_t news = scratch_.news.size();
        if (news == 0 && nibbles.empty()) {
            out.push_back({});
            return;
        }
        const std::size_t packed = (nibbles.size() + 1) / 2;
        put_varint(out, varint_size(news) + news + packed + scratch_.data.size() - data_at_);
        put_varint(out, news);
        out.insert(out.end(), scratch_.news.begin(), scratch_.news.begin() + static_cast<std::ptrdiff_t>(news));
        const std::size_t at = out.size();
        out.resize(at + packed);
        for (std::size_t i = 0; i < nibbles.size(); ++i) out[at + i / 2] |= std::byte(nibbles[i] << (4 * (i % 2)));
        out.insert(out.end(), scratch_.data.begin() + static_cast<std::ptrdiff_t>(data_at_), scratch_.data.end());
    }

private:
    void tell_news(std::uint64_t joined, std::uint64_t present, std::uint8_t quality) {
        auto& news = scratch_.news;
        flags_at_ = news.size();
        const int flags = (joined != 0 ? news_joined : 0) | (present != 0 ? news_present : 0) | (quality != 0 ? news_quality : 0);
        news.push_back(static_cast<std::byte>(flags));
        if (joined != 0) put_varint(news, joined);
        if (present != 0) put_varint(news, present);
        if (quality != 0) news.push_back(std::byte{quality});
    }

    void mask(News flag, std::uint64_t difference) {
        if (difference == 0) return;
        scratch_.news[flags_at_] |= std::byte{flag};
        put_varint(scratch_.news, difference);
    }

    void put(std::uint64_t difference, std::uint64_t step) {
        bool odd = false;
        if (step != 1 && difference != 0) {
            const auto steps = static_cast<std::uint64_t>(static_cast<std::int64_t>(difference) / static_cast<std::int64_t>(step));
            odd = steps * step != difference;
            if (!odd) difference = steps;
        }
        const std::uint64_t coded = zigzag(difference);
        const std::uint8_t nibble = odd ? odd_nibble : nibble_of(coded);
        scratch_.nibbles.push_back(nibble);
        const std::size_t size = nibble_bytes[nibble];
        if (size == 0) return;
        // From the end down: so the decoder needs no count of nibbles to find the data. All eight bytes are stored, with
        // those that count on top; the next value takes the place of the others.
        if (data_at_ < sizeof coded) grow();
        const std::uint64_t raised = coded << (64 - 8 * size);
        std::memcpy(scratch_.data.data() + data_at_ - sizeof raised, &raised, sizeof raised);
        data_at_ -= size;
    }

    void grow() {
        const std::size_t more = scratch_.data.size() + 1024;
        scratch_.data.insert(scratch_.data.begin(), more, std::byte{});
        data_at_ += more;
    }

    SegmentScratch& scratch_;
    std::size_t data_at_ = 0;
    std::size_t flags_at_ = 0;
};

// The row's cells with zero where one is absent; returns which differ from the old ones.
std::uint64_t normalised(const Table& table, std::size_t r, const std::uint64_t* old, std::uint64_t* out) {
    const std::uint64_t* cells = table.cells(r);
    const std::uint64_t present = table.row(r).present;
    std::uint64_t changed = 0;
    for (std::size_t c = 0; c < table.columns(); ++c) {
        out[c] = cells[c] & (0 - (present >> c & 1));
        changed |= std::uint64_t{out[c] != old[c]} << c;
    }
    return changed;
}

void count(Moved& moved, std::uint64_t changed) {
    moved[2] |= moved[1] & changed;
    moved[1] |= moved[0] & changed;
    moved[0] |= changed;
}

}  // namespace

void SegmentScratch::reset(const Roster& roster) {
    for (std::size_t s = 0; s < scope_count; ++s) moved[s].assign(roster.rows(static_cast<Scope>(s)), Moved{});
}

std::uint64_t encode_changes(const Frame& frame, std::size_t unit, std::int64_t before, State& state,
                             SegmentScratch& scratch, std::vector<std::byte>& out) {
    SegmentEncoder encoder(scratch);
    std::uint64_t waited = 0;  // by the vCPUs
    std::uint64_t values = 0;
    std::array<std::uint64_t, max_columns> cells{};
    for (const Block& block : blocks_of(*frame.roster, unit)) {
        const Table& table = frame.table(block.scope);
        Table& old = state.frame.table(block.scope);
        for (std::size_t r = block.first; r < block.first + block.count; ++r) {
            std::uint64_t* const kept = old.cells(r);
            const std::uint64_t changed = normalised(table, r, kept, cells.data());
            std::uint64_t& sticky = state.sticky[static_cast<std::size_t>(block.scope)][r];
            const Pair pair{&old.row(r), kept, sticky, &table.row(r), cells.data(), before, frame.monotonic};
            sticky |= encoder.row(pair, block.scope, changed, waited);
            if (block.scope == Scope::Vcpu) waited += cells[vcpu_wait] - kept[vcpu_wait];
            count(scratch.moved[static_cast<std::size_t>(block.scope)][r], changed);
            values += static_cast<std::uint64_t>(std::popcount(table.row(r).present));
            std::copy_n(cells.data(), table.columns(), kept);
            old.row(r) = table.row(r);
            old.row(r).time = time_of(time_units(table.row(r).time));
        }
    }
    encoder.finish(out);
    return values;
}

void encode_whole(const State& state, std::size_t unit, SegmentScratch& scratch, std::vector<std::byte>& out) {
    static constexpr std::array<std::uint64_t, max_columns> nothing{};
    SegmentEncoder encoder(scratch);
    const std::int64_t now = state.frame.monotonic;
    const Row empty{.time = now};
    const auto start = shelf_start(*state.frame.roster, unit);
    for (const Block& block : blocks_of(*state.frame.roster, unit)) {
        const auto s = static_cast<std::size_t>(block.scope);
        const Table& table = state.frame.table(block.scope);
        for (std::size_t r = block.first; r < block.first + block.count; ++r) {
            const bool first = r == start[s];
            const std::uint64_t* const base = first ? nothing.data() : table.cells(r - 1);
            std::uint64_t changed = 0;
            for (std::size_t c = 0; c < table.columns(); ++c) changed |= std::uint64_t{table.cells(r)[c] != base[c]} << c;
            const Pair pair{first ? &empty : &table.row(r - 1), base, 0, &table.row(r), table.cells(r), now, now};
            encoder.row(pair, block.scope, changed, 0);
            const std::uint64_t sticky = state.sticky[s][r];
            encoder.masks(sticky ^ (first ? 0 : state.sticky[s][r - 1]), sticky ^ state.closing[s][r]);
        }
    }
    encoder.finish(out);
}

}  // namespace virtscope::ring
