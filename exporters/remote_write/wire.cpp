#include "exporters/remote_write/wire.h"

#include <array>

#include <snappy.h>

namespace virtscope::exporters::remote_write {
namespace {

// Field number and wire type: 0 varint, 1 eight bytes, 2 a length and that many bytes.
constexpr char tag(unsigned field, unsigned type) { return static_cast<char>(field << 3U | type); }

constexpr std::size_t size_of_varint(std::uint64_t value) {
    std::size_t size = 1;
    for (; value >= 0x80; value >>= 7U) ++size;
    return size;
}

void append_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out += static_cast<char>(value | 0x80U);
    out += static_cast<char>(value);
}

void append_text(std::string& out, unsigned field, std::string_view text) {
    out += tag(field, 2);
    append_varint(out, text.size());
    out += text;
}

std::size_t size_of_text(std::string_view text) { return 1 + size_of_varint(text.size()) + text.size(); }

void append_fixed(std::string& out, std::uint64_t bits) {
    std::array<char, 8> bytes{};
    for (char& byte : bytes) {
        byte = static_cast<char>(bits & 0xffU);
        bits >>= 8U;
    }
    out.append(bytes.data(), bytes.size());
}

}  // namespace

void append_label(std::string& out, std::string_view name, std::string_view value) {
    out += tag(1, 2);
    append_varint(out, size_of_text(name) + size_of_text(value));
    append_text(out, 1, name);
    append_text(out, 2, value);
}

void Request::add(std::span<const std::string_view> labels, std::uint64_t bits, std::int64_t milliseconds) {
    const auto time = static_cast<std::uint64_t>(milliseconds);
    const std::size_t sample = 1 + sizeof bits + 1 + size_of_varint(time);
    std::size_t series = 1 + size_of_varint(sample) + sample;
    for (const std::string_view piece : labels) series += piece.size();
    bytes_ += tag(1, 2);
    append_varint(bytes_, series);
    for (const std::string_view piece : labels) bytes_ += piece;
    bytes_ += tag(2, 2);
    append_varint(bytes_, sample);
    bytes_ += tag(1, 1);
    append_fixed(bytes_, bits);
    bytes_ += tag(2, 0);
    append_varint(bytes_, time);
    ++samples_;
}

void Request::clear() {
    bytes_.clear();
    samples_ = 0;
}

void pack(std::string_view bytes, std::string& into) { snappy::Compress(bytes.data(), bytes.size(), &into); }

}  // namespace virtscope::exporters::remote_write
