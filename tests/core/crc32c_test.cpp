#include "core/crc32c.h"

#include <string_view>
#include <vector>

#include <doctest/doctest.h>

using namespace virtscope;

namespace {

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

// Vectors of RFC 3720 appendix B.4, and the check value everyone quotes.
TEST_CASE("crc32c: known values") {
    const std::vector<std::byte> zeros(32, std::byte{0});
    const std::vector<std::byte> ones(32, std::byte{0xff});
    CHECK(crc32c(bytes("123456789")) == 0xe3069283);
    CHECK(crc32c(zeros) == 0x8a9136aa);
    CHECK(crc32c(ones) == 0x62a8ab43);
    CHECK(crc32c({}) == 0);
}

TEST_CASE("crc32c: instruction and table agree at every length and cut") {
    std::vector<std::byte> data(100);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::byte>(i * 37 + 11);
    for (std::size_t size = 0; size <= data.size(); ++size) {
        const std::span<const std::byte> part = std::span(data).first(size);
        CHECK(crc32c(part) == crc32c_portable(part));
        CHECK(crc32c(part.subspan(size / 3), crc32c(part.first(size / 3))) == crc32c(part));
    }
}
