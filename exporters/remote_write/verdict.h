// What is to be made of a receiver's answer, and how long to wait before asking it again.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace virtscope::exporters::remote_write {

enum class Verdict {
    accepted,
    refused,  // the same would be refused again: it is dropped
    later,    // the receiver or the way to it is in trouble: the same again
    barred,   // files for TLS or authorization are wrong
};

struct Answer {
    Verdict verdict = Verdict::later;
    std::string what;                                 // for a person, one harmless line; empty if accepted
    std::optional<std::chrono::seconds> retry_after;  // as the receiver wishes
};

// Of a status that HTTP has; `body`: the first bytes that came with it.
Answer judge(long status, std::string_view body, std::optional<std::chrono::seconds> retry_after);

// Waits that double, from half a second to 30 s, each shortened by up to a half at random: hosts that lost their
// receiver at the same moment do not come back at the same moment.
class Backoff {
public:
    explicit Backoff(std::uint32_t seed = std::random_device()()) : random_(seed) {}

    // Not shorter than the receiver wishes, which is believed up to an hour.
    std::chrono::nanoseconds next(std::optional<std::chrono::seconds> retry_after);
    void reset() { doubled_ = 0; }

private:
    std::mt19937 random_;
    unsigned doubled_ = 0;
};

}  // namespace virtscope::exporters::remote_write
