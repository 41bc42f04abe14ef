#include "core/ring/image.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "core/ring/bytes.h"
#include "core/ring/io.h"

namespace virtscope::ring {
namespace {

std::uint64_t image_at(std::uint64_t capacity) { return page + capacity; }

std::uint64_t rows_size(std::size_t rows) { return rows * 16 + rows + slack(rows); }

std::uint64_t tables_size(const Roster& roster) {
    std::uint64_t size = 0;
    for (std::size_t s = 0; s < scope_count; ++s) {
        const auto scope = static_cast<Scope>(s);
        size += rows_size(roster.rows(scope)) + roster.rows(scope) * metrics(scope).size() * 8;
    }
    return size;
}

// Times, presence and quality of a table's rows, as stored.
void pack_rows(const Table& table, Bytes& out) {
    const std::size_t n = table.rows();
    out.assign(rows_size(n), {});
    for (std::size_t r = 0; r < n; ++r) {
        const Row& row = table.row(r);
        std::memcpy(out.data() + 8 * r, &row.time, 8);
        std::memcpy(out.data() + 8 * (n + r), &row.present, 8);
        out[16 * n + r] = static_cast<std::byte>(row.quality);
    }
}

bool unpack_rows(const Bytes& from, Table& table) {
    const std::size_t n = table.rows();
    const std::uint64_t beyond = table.columns() >= 64 ? 0 : ~std::uint64_t{0} << table.columns();
    for (std::size_t r = 0; r < n; ++r) {
        Row& row = table.row(r);
        std::memcpy(&row.time, from.data() + 8 * r, 8);
        std::memcpy(&row.present, from.data() + 8 * (n + r), 8);
        const auto quality = std::to_integer<std::uint8_t>(from[16 * n + r]);
        if (quality >= quality_count || (row.present & beyond) != 0) return false;
        row.quality = static_cast<Quality>(quality);
    }
    return true;
}

template <class T>
std::span<T> cells_of(auto& table) {
    return table.rows() == 0 ? std::span<T>() : std::span<T>(table.cells(0), table.rows() * table.columns());
}

std::uint32_t header_check(const ImageHeader& header, std::uint64_t salt) {
    return crc32c(bytes_of(header).first(offsetof(ImageHeader, crc)), crc_seed(salt));
}

}  // namespace

std::uint64_t image_size(const Roster& roster) {
    std::uint64_t size = sizeof(ImageHeader) + tables_size(roster);
    for (std::size_t s = 0; s < scope_count; ++s) size += roster.rows(static_cast<Scope>(s)) * 8;
    return size;
}

bool ImageWriter::write(int fd, const ConstantPart& constant, const State& state, std::uint64_t position,
                        std::uint64_t roster, std::uint32_t roster_number, std::size_t events) {
    const Frame& frame = state.frame;
    std::uint64_t at = image_at(constant.capacity);
    ImageHeader header{};
    if (constant.image < sizeof header) return true;
    if (!write_at(fd, at, bytes_of(header))) return false;
    if (image_size(*frame.roster) > constant.image) return true;
    std::atomic_thread_fence(std::memory_order_release);
    header = {.sequence = frame.sequence, .position = position, .roster = roster, .realtime = frame.realtime,
              .monotonic = frame.monotonic, .boottime = frame.boottime, .events = events, .tables = {}, .sticky = {},
              .roster_number = roster_number, .reserved = {}, .crc = 0};
    at += sizeof header;
    const auto block = [&](std::span<const std::byte> bytes, CrcLanes& lanes) {
        crc32c_lanes(bytes, lanes);
        const bool written = write_at(fd, at, bytes);
        at += bytes.size();
        return written;
    };
    for (const Table& table : frame.tables) {
        pack_rows(table, rows_);
        if (!block(rows_, header.tables)) return false;
        if (!block(std::as_bytes(cells_of<const std::uint64_t>(table)), header.tables)) return false;
    }
    for (const auto& masks : state.sticky) {
        if (!block(std::as_bytes(std::span(masks)), header.sticky)) return false;
    }
    header.crc = header_check(header, constant.salt);
    std::atomic_thread_fence(std::memory_order_release);
    return write_at(fd, image_at(constant.capacity), bytes_of(header));
}

ImageHeader ImageReader::header(const RingFile& file) {
    ImageHeader header{};
    if (file.image() < sizeof header) return {};
    if (!file.read_at(image_at(file.capacity()), std::as_writable_bytes(std::span(&header, 1)))) return {};
    std::atomic_thread_fence(std::memory_order_acquire);
    return header.crc == header_check(header, file.salt()) ? header : ImageHeader{};
}

bool ImageReader::read(const RingFile& file, const ImageHeader& header, RosterPtr roster, Frame& frame) {
    if (image_size(*roster) > file.image()) return false;
    frame.sequence = header.sequence;
    frame.realtime = header.realtime;
    frame.monotonic = header.monotonic;
    frame.boottime = header.boottime;
    frame.reset(std::move(roster));
    CrcLanes lanes{};
    std::uint64_t at = image_at(file.capacity()) + sizeof header;
    for (Table& table : frame.tables) {
        rows_.resize(rows_size(table.rows()));
        if (!file.read_at(at, rows_) || !unpack_rows(rows_, table)) return false;
        const auto cells = std::as_writable_bytes(cells_of<std::uint64_t>(table));
        if (!file.read_at(at + rows_.size(), cells)) return false;
        crc32c_lanes(rows_, lanes);
        crc32c_lanes(cells, lanes);
        at += rows_.size() + cells.size();
    }
    std::atomic_thread_fence(std::memory_order_acquire);
    return lanes == header.tables && this->header(file).sequence == header.sequence;
}

bool ImageReader::sticky(const RingFile& file, const ImageHeader& header, State& state) {
    CrcLanes lanes{};
    std::uint64_t at = image_at(file.capacity()) + sizeof header + tables_size(*state.frame.roster);
    for (std::size_t s = 0; s < scope_count; ++s) {
        auto& masks = state.sticky[s];
        masks.resize(state.frame.tables[s].rows());
        const auto bytes = std::as_writable_bytes(std::span(masks));
        if (!file.read_at(at, bytes)) return false;
        crc32c_lanes(bytes, lanes);
        at += bytes.size();
        const std::size_t columns = state.frame.tables[s].columns();
        const std::uint64_t beyond = columns >= 64 ? 0 : ~std::uint64_t{0} << columns;
        if (std::ranges::any_of(masks, [&](std::uint64_t mask) { return (mask & beyond) != 0; })) return false;
    }
    return lanes == header.sticky && this->header(file).sequence == header.sequence;
}

}  // namespace virtscope::ring
