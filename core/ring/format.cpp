#include "core/ring/format.h"

#include <algorithm>

#include "core/crc32c.h"

namespace virtscope::ring {

std::uint32_t constant_crc(const ConstantPart& constant) {
    return crc32c(bytes_of(constant).first(offsetof(ConstantPart, crc)));
}

std::uint32_t slot_crc(const WriterSlot& slot) { return crc32c(bytes_of(slot).first(offsetof(WriterSlot, crc))); }

std::uint32_t header_crc(const RecordHeader& header, std::uint64_t salt) {
    return crc32c(bytes_of(header).first(offsetof(RecordHeader, header_crc)), crc32c(bytes_of(salt)));
}

std::uint32_t payload_crc(std::span<const std::byte> payload, std::uint64_t salt) {
    return crc32c(payload, crc32c(bytes_of(salt)));
}

std::string text_of(std::span<const char> field) {
    return {field.begin(), std::ranges::find(field, '\0')};
}

const WriterSlot* newest_slot(const HeaderPage& header) {
    const WriterSlot* found = nullptr;
    for (const WriterSlot* slot : {&header.slot0, &header.slot1}) {
        if (slot->crc != slot_crc(*slot) || slot->generation == 0) continue;
        if (found == nullptr || slot->generation > found->generation) found = slot;
    }
    return found;
}

bool plausible(const Words& words, std::uint64_t capacity) {
    if (words.tail % 8 != 0 || words.newest % 8 != 0 || words.head % 8 != 0) return false;
    if (words.tail < first_position || words.head > max_position || words.head < words.tail || words.head - words.tail > capacity) return false;
    return words.newest == 0 || (words.tail <= words.newest && words.newest < words.head);
}

bool whole(const RecordHeader& header, std::uint64_t offset, std::uint64_t capacity, std::uint64_t salt) {
    if (header.magic != record_magic || header.position < first_position || header.position > max_position || offset_of(header.position, capacity) != offset) return false;
    if (header.length > max_payload || record_size(header.length) > capacity - offset) return false;
    if (header.type < RecordType::roster || header.type > RecordType::checkpoint) return false;
    if (header.header_crc != header_crc(header, salt)) return false;
    if (header.type != RecordType::padding && header.head > header.length) return false;
    // Links only go back, and not before the beginning: whoever follows them comes to an end.
    const std::uint64_t room = (header.position - first_position) / 8;
    return header.previous_distance <= room && header.base_distance <= room && header.roster_distance <= room;
}

std::uint32_t boot_hash(std::string_view boot_id) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
    for (const char c : boot_id) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

}  // namespace virtscope::ring
