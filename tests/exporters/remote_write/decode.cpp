#include "tests/exporters/remote_write/decode.h"

#include <bit>

#include <doctest/doctest.h>

namespace virtscope::exporters::remote_write {
namespace {

class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}
    bool at_end() const { return rest_.empty(); }
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0;; shift += 7) {
            REQUIRE(shift < 64);
            const auto byte = static_cast<unsigned char>(take(1).front());
            value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
            if (byte < 0x80) return value;
        }
    }
    std::string_view bytes() { return take(varint()); }
    std::uint64_t fixed() {
        std::uint64_t value = 0;
        const std::string_view eight = take(8);
        for (std::size_t i = 8; i-- > 0;) value = value << 8U | static_cast<unsigned char>(eight[i]);
        return value;
    }

private:
    std::string_view take(std::size_t count) {
        REQUIRE(count <= rest_.size());
        const std::string_view taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }
    std::string_view rest_;
};

std::pair<std::string, std::string> decode_label(std::string_view bytes) {
    Reader reader(bytes);
    REQUIRE(reader.varint() == (1U << 3U | 2U));
    std::string name(reader.bytes());
    REQUIRE(reader.varint() == (2U << 3U | 2U));
    std::string value(reader.bytes());
    REQUIRE(reader.at_end());
    return {std::move(name), std::move(value)};
}

Received decode_series(std::string_view bytes) {
    Reader reader(bytes);
    Received series;
    std::size_t samples = 0;
    while (!reader.at_end()) {
        if (const auto tag = reader.varint(); tag == (1U << 3U | 2U)) {
            series.labels.push_back(decode_label(reader.bytes()));
            continue;
        } else {
            REQUIRE(tag == (2U << 3U | 2U));
        }
        Reader sample(reader.bytes());
        REQUIRE(sample.varint() == (1U << 3U | 1U));
        series.bits = sample.fixed();
        REQUIRE(sample.varint() == (2U << 3U | 0U));
        series.milliseconds = static_cast<std::int64_t>(sample.varint());
        REQUIRE(sample.at_end());
        ++samples;
    }
    REQUIRE(samples == 1);
    return series;
}

}  // namespace

double Received::value() const { return std::bit_cast<double>(bits); }

std::string Received::text() const {
    std::string name, others;
    for (const auto& [label, value] : labels) {
        if (label == "__name__") {
            name = value;
        } else {
            others += (others.empty() ? "" : ",") + label + "=\"" + value + "\"";
        }
    }
    return name + "{" + others + "}";
}

std::vector<Received> decode(std::string_view bytes) {
    Reader reader(bytes);
    std::vector<Received> all;
    while (!reader.at_end()) {
        REQUIRE(reader.varint() == (1U << 3U | 2U));
        all.push_back(decode_series(reader.bytes()));
    }
    return all;
}

}  // namespace virtscope::exporters::remote_write
