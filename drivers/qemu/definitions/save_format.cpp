#include "drivers/qemu/definitions/save_format.h"

#include <algorithm>
#include <concepts>

#include "core/crc32c.h"

namespace virtscope::qemu::save_format {
namespace {

constexpr std::string_view magic = "virtscope-saved\n";
constexpr std::size_t crc_at = 36;

template <std::unsigned_integral T>
void put(char* at, T value) {
    for (std::size_t i = 0; i < sizeof value; ++i) at[i] = static_cast<char>(value >> (8 * i) & 0xff);
}

template <std::unsigned_integral T>
T get(std::string_view bytes, std::size_t at) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i)
        value |= static_cast<T>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    return value;
}

std::optional<std::string> take(std::string_view& bytes) {
    if (bytes.size() < 4) return {};
    const std::size_t length = get<std::uint32_t>(bytes, 0);
    if (length > bytes.size() - 4) return {};
    std::string field(bytes.substr(4, length));
    bytes.remove_prefix(4 + length);
    return field;
}

std::string state_of(const SaveFacts& facts) {
    return std::string(facts.kvm ? "kvm" : "tcg") + (facts.paused ? " paused" : " running");
}

}  // namespace

std::string pack_facts(const SaveFacts& facts) {
    std::string out;
    for (const std::string& field :
         {facts.uuid.text(), facts.name, facts.qemu, facts.cpu, state_of(facts), facts.xml}) {
        out.append(4, '\0');
        put(out.data() + out.size() - 4, static_cast<std::uint32_t>(field.size()));
        out += field;
    }
    return out;
}

std::optional<SaveFacts> unpack_facts(std::string_view bytes) {
    std::array<std::string, 6> fields;
    for (std::string& field : fields) {
        auto taken = take(bytes);
        if (!taken) return {};
        field = std::move(*taken);
    }
    const auto uuid = Uuid::parse(fields[0]);
    if (!uuid || !bytes.empty()) return {};
    SaveFacts facts{
        *uuid, fields[1], fields[2], fields[3], fields[4].starts_with("kvm"), fields[4].ends_with("paused"), fields[5]};
    if (state_of(facts) != fields[4]) return {};
    return facts;
}

std::uint32_t crc_of(std::string_view head, std::string_view facts) {
    const auto bytes = [](std::string_view text) { return std::as_bytes(std::span(text)); };
    return crc32c(bytes(facts), crc32c(bytes(head.substr(0, crc_at))));
}

std::array<char, head_bytes> pack_head(Head head, std::string_view facts) {
    std::array<char, head_bytes> bytes{};
    std::ranges::copy(magic, bytes.begin());
    put(bytes.data() + 16, version);
    put(bytes.data() + 20, static_cast<std::uint32_t>(facts.size()));
    put(bytes.data() + 24, head.stream_bytes);
    put(bytes.data() + 32, head.stream_crc);
    put(bytes.data() + crc_at, crc_of({bytes.data(), bytes.size()}, facts));
    return bytes;
}

std::optional<Head> unpack_head(std::string_view bytes) {
    if (bytes.size() < head_bytes || !bytes.starts_with(magic)) return {};
    return Head{get<std::uint32_t>(bytes, 16), get<std::uint32_t>(bytes, 20), get<std::uint64_t>(bytes, 24),
                get<std::uint32_t>(bytes, 32), get<std::uint32_t>(bytes, crc_at)};
}

}  // namespace virtscope::qemu::save_format
