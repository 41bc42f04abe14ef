#include <algorithm>
#include <bit>

#include "core/ring/nibble.h"
#include "core/ring/quantum.h"
#include "core/ring/row.h"
#include "core/ring/segment.h"
#include "core/ring/varint.h"

namespace virtscope::ring {
namespace {

using Span = std::span<const std::byte>;

struct NewsOfRow {
    std::uint64_t joined = 0;
    std::uint64_t present = 0;
    std::uint8_t quality = 0;
    std::uint64_t sticky = 0;
    std::uint64_t closing = 0;
};

bool take_byte(Span& from, std::uint8_t& byte) {
    if (from.empty()) return false;
    byte = std::to_integer<std::uint8_t>(from.front());
    from = from.subspan(1);
    return true;
}

bool take_news(Span& from, NewsOfRow& news) {
    std::uint8_t flags = 0;
    if (!take_byte(from, flags)) return false;
    if ((flags & news_joined) != 0 && !get_varint(from, news.joined)) return false;
    if ((flags & news_present) != 0 && !get_varint(from, news.present)) return false;
    if ((flags & news_quality) != 0 && !take_byte(from, news.quality)) return false;
    if ((flags & news_sticky) != 0 && !get_varint(from, news.sticky)) return false;
    return (flags & news_closing) == 0 || get_varint(from, news.closing);
}

// The differences of one segment, one after the other. Never outside its bytes.
class Differences {
public:
    // `limit`: how far bytes may be read, past the segment's end.
    Differences(Span segment, const std::byte* limit)
        : nibbles_(segment.data()), data_(segment.data() + segment.size()), limit_(limit) {}

    std::uint64_t next(std::uint64_t step) {
        if (nibbles_ >= data_) {
            bad_ = bad_ || high_ || nibbles_ > data_;
            return 0;
        }
        const auto pair = std::to_integer<unsigned>(*nibbles_);
        const unsigned nibble = high_ ? pair >> 4 : pair & 15;
        nibbles_ += high_;
        high_ = !high_;
        data_ -= nibble_bytes[nibble];
        if (data_ < nibbles_) {
            bad_ = true;
            data_ = nibbles_;
            return 0;
        }
        std::uint64_t value = 0;
        if (limit_ - data_ >= 8) {
            std::memcpy(&value, data_, sizeof value);
            value &= nibble_masks[nibble];
        } else {
            std::memcpy(&value, data_, nibble_bytes[nibble]);
        }
        return unzigzag(value + nibble_literals[nibble]) * (nibble == odd_nibble ? 1 : step);
    }
    // All used, and nothing wrong.
    bool done() const { return !bad_ && nibbles_ + high_ == data_; }

private:
    const std::byte* nibbles_;
    const std::byte* data_;
    const std::byte* limit_;
    bool high_ = false;
    bool bad_ = false;
};

template <Coding coding>
class Decoder {
public:
    Decoder(std::size_t unit, std::int64_t before, std::int64_t now, State& state)
        : unit_(unit), before_(before), now_(now), state_(state) {}

    bool run(Span news, Span values, const std::byte* limit) {
        Differences differences(values, limit);
        if constexpr (coding == Coding::whole) start_ = shelf_start(*state_.frame.roster, unit_);
        for (const Block& block : blocks_of(*state_.frame.roster, unit_)) {
            for (std::size_t r = block.first; r < block.first + block.count; ++r) {
                NewsOfRow told;
                if (!news.empty() && !take_news(news, told)) return false;
                if (!row(block.scope, r, told, differences)) return false;
            }
        }
        return news.empty() && differences.done();
    }

    // Nothing changed but the time of the frame.
    void quiet() {
        if constexpr (coding == Coding::whole) start_ = shelf_start(*state_.frame.roster, unit_);
        for (const Block& block : blocks_of(*state_.frame.roster, unit_)) {
            for (std::size_t r = block.first; r < block.first + block.count; ++r) {
                if constexpr (coding == Coding::whole) begin(block.scope, r, {});
                move(state_.frame.table(block.scope).row(r), 0);
            }
        }
    }

private:
    // The row before it in the shelf, or nothing, takes its place.
    void begin(Scope scope, std::size_t r, const NewsOfRow& told) {
        const auto s = static_cast<std::size_t>(scope);
        Table& table = state_.frame.table(scope);
        const bool first = r == start_[s];
        table.row(r) = first ? Row{.time = before_} : table.row(r - 1);
        if (first) {
            std::fill_n(table.cells(r), table.columns(), 0);
        } else {
            std::copy_n(table.cells(r - 1), table.columns(), table.cells(r));
        }
        state_.sticky[s][r] = (first ? 0 : state_.sticky[s][r - 1]) ^ told.sticky;
        state_.closing[s][r] = state_.sticky[s][r] ^ told.closing;
    }

    void move(Row& row, std::uint64_t residue) const {
        row.time = moved_time(row.time, coding == Coding::undo ? 0 - residue : residue, before_, now_);
    }

    static void add(std::uint64_t& cell, std::uint64_t difference) {
        cell = coding == Coding::undo ? cell - difference : cell + difference;
    }

    bool row(Scope scope, std::size_t r, const NewsOfRow& told, Differences& differences) {
        Table& table = state_.frame.table(scope);
        const std::uint64_t all = table.columns() == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << table.columns()) - 1;
        if (((told.joined | told.present | told.sticky | told.closing) & ~all) != 0) return false;
        if constexpr (coding == Coding::whole) begin(scope, r, told);
        std::uint64_t& sticky = state_.sticky[static_cast<std::size_t>(scope)][r];
        if constexpr (coding == Coding::changes) sticky |= told.joined;
        Row& row = table.row(r);
        move(row, differences.next(1));
        const auto quality = static_cast<std::uint8_t>(static_cast<std::uint8_t>(row.quality) ^ told.quality);
        if (quality >= quality_count) return false;
        row.quality = static_cast<Quality>(quality);
        row.present ^= told.present;
        values(scope, table.cells(r), coding == Coding::whole ? told.joined : sticky, differences);
        if constexpr (coding == Coding::undo) sticky &= ~told.joined;
        return true;
    }

    void values(Scope scope, std::uint64_t* cells, std::uint64_t columns, Differences& differences) {
        const std::uint64_t* const steps = quanta(scope).data();
        const std::uint64_t wait = cells[vcpu_wait];
        for (std::uint64_t left = columns; left != 0; left &= left - 1) {
            const auto c = static_cast<std::size_t>(std::countr_zero(left));
            add(cells[c], differences.next(steps[c]));
        }
        if constexpr (coding == Coding::whole) return;
        if (scope == Scope::Vcpu) waited_ += cells[vcpu_wait] - wait;
        // Undoing, both differences are negative.
        if (scope == Scope::Guest && (columns >> guest_wait & 1) != 0) cells[guest_wait] += waited_;
    }

    std::size_t unit_;
    std::int64_t before_;
    std::int64_t now_;
    State& state_;
    std::uint64_t waited_ = 0;  // what the unit's vCPUs waited
    std::array<std::uint32_t, scope_count> start_{};
};

template <Coding coding>
bool decode(Span segment, const std::byte* limit, std::size_t unit, std::int64_t before, std::int64_t now, State& state) {
    Decoder<coding> decoder(unit, before, now, state);
    if (segment.empty()) {
        decoder.quiet();
        return true;
    }
    std::uint64_t news = 0;
    if (!get_varint(segment, news) || news > segment.size()) return false;
    return decoder.run(segment.first(news), segment.subspan(news), limit);
}

bool take_segment(Span& from, Span& segment) {
    std::uint64_t length = 0;
    if (!get_varint(from, length) || length > from.size()) return false;
    segment = from.first(length);
    from = from.subspan(length);
    return true;
}

}  // namespace

bool decode_segment(Span& from, std::size_t unit, Coding coding, std::int64_t before, std::int64_t now, State& state) {
    const std::byte* const limit = from.data() + from.size();
    Span segment;
    if (!take_segment(from, segment)) return false;
    switch (coding) {
        case Coding::changes: return decode<Coding::changes>(segment, limit, unit, before, now, state);
        case Coding::whole: return decode<Coding::whole>(segment, limit, unit, now, now, state);
        case Coding::undo: return decode<Coding::undo>(segment, limit, unit, before, now, state);
    }
    return false;
}

bool skip_segment(Span& from) {
    Span segment;
    return take_segment(from, segment);
}

}  // namespace virtscope::ring
