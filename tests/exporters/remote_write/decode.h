// A receiver's side of the wire, written from the format's description and not from our encoder: what it cannot read is
// a failed test.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace virtscope::exporters::remote_write {

struct Received {
    std::vector<std::pair<std::string, std::string>> labels;  // in their order
    std::uint64_t bits = 0;
    std::int64_t milliseconds = 0;

    double value() const;
    // `name{label="value",…}`
    std::string text() const;
};

// The series of a WriteRequest, one sample each.
std::vector<Received> decode(std::string_view bytes);

}  // namespace virtscope::exporters::remote_write
