// ByteWriter and ByteReader: little-endian fields one after the other.
//
// The reader treats its bytes as hostile: a field that does not fit makes it bad(), and a bad reader
// gives zeros and empty strings from then on, so that a decoder checks once at the end of a run of fields.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace virtscope::ring {

inline constexpr std::size_t max_string = 4096;

// Bytes needed to bring `size` to a multiple of eight.
constexpr std::size_t slack(std::size_t size) { return (8 - size % 8) % 8; }

class ByteWriter {
public:
    // Appends to `out`, which keeps its memory between uses.
    explicit ByteWriter(std::vector<std::byte>& out) : out_(out) {}

    template <class T>
        requires(std::is_integral_v<T> || std::is_enum_v<T>)
    void put(T value) {
        std::memcpy(grow(sizeof value), &value, sizeof value);
    }
    // Length and bytes; what is over max_string is cut off.
    void text(std::string_view text) {
        text = text.substr(0, max_string);
        put(static_cast<std::uint16_t>(text.size()));
        raw(std::as_bytes(std::span(text)));
    }
    void raw(std::span<const std::byte> bytes) {
        if (!bytes.empty()) std::memcpy(grow(bytes.size()), bytes.data(), bytes.size());
    }
    void align() { grow(slack(out_.size())); }
    // Room for `size` more bytes, zero until written.
    std::byte* grow(std::size_t size) {
        const std::size_t at = out_.size();
        out_.resize(at + size);
        return out_.data() + at;
    }

private:
    std::vector<std::byte>& out_;
};

class ByteReader {
public:
    explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

    bool bad() const { return bad_; }
    std::size_t left() const { return bytes_.size() - at_; }

    template <class T>
        requires(std::is_integral_v<T>)
    T get() {
        T value{};
        const auto field = raw(sizeof value);
        if (!field.empty()) std::memcpy(&value, field.data(), sizeof value);
        return value;
    }
    std::string text() {
        const std::size_t size = get<std::uint16_t>();
        if (size > max_string) bad_ = true;
        const auto field = raw(size);
        std::string out(field.size(), '\0');
        if (!field.empty()) std::memcpy(out.data(), field.data(), field.size());
        return out;
    }
    // A count of things of at least `each` bytes: bad unless that many can follow.
    std::size_t count(std::size_t each) {
        const std::size_t n = get<std::uint32_t>();
        if (n > left() / each) bad_ = true;
        return bad_ ? 0 : n;
    }
    // The next `size` bytes; empty if there are not that many.
    std::span<const std::byte> raw(std::size_t size) {
        if (bad_ || size > left()) {
            bad_ = true;
            return {};
        }
        const auto field = bytes_.subspan(at_, size);
        at_ += size;
        return field;
    }
    void align() { raw(slack(at_)); }

private:
    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
    bool bad_ = false;
};

}  // namespace virtscope::ring
