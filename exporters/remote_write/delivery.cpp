#include "exporters/remote_write/delivery.h"

#include <fmt/format.h>

namespace virtscope::exporters::remote_write {
namespace {

constexpr std::size_t room_for_one = 8192;  // a series is smaller, whatever its labels

}  // namespace

void Delivery::begin(std::int64_t realtime) {
    milliseconds_ = realtime / 1'000'000;
    all_taken_ = true;
}

void Delivery::add(std::span<const std::string_view> labels, std::uint64_t bits) {
    if (ended_) return;
    request_.add(labels, bits, milliseconds_);
    if (request_.samples() >= batch_samples_ || request_.bytes().size() + room_for_one > largest_batch) send();
}

bool Delivery::end() {
    if (!ended_ && request_.samples() > 0) send();
    if (ended_) return false;
    if (all_taken_) refused_.over("all samples are taken");
    return true;
}

// One batch, as long as it takes.
void Delivery::send() {
    pack(request_.bytes(), packed_);
    while (!ended_ && !try_once()) {
    }
    request_.clear();
}

// Whether the batch is done with.
bool Delivery::try_once() {
    if (outside_.must_end()) {
        ended_ = true;
        return false;
    }
    const Answer answer = outside_.post(packed_);
    if (answer.verdict == Verdict::later || answer.verdict == Verdict::barred) {
        ++counts_.failures;
        if (answer.verdict == Verdict::barred && counts_.requests == 0) {
            barred_ = answer.what;
            ended_ = true;
            return false;
        }
        away_.met(answer.what + "; samples stay in the ring until it is well");
        ended_ = !outside_.wait(backoff_.next(answer.retry_after));
        return false;
    }
    backoff_.reset();
    away_.over("samples can be sent");
    if (answer.verdict == Verdict::refused) {
        all_taken_ = false;
        counts_.dropped += request_.samples();
        refused_.met(fmt::format("{}; {} samples are dropped, and what else is refused is counted", answer.what,
                                 request_.samples()));
        return true;
    }
    counts_.samples += request_.samples();
    counts_.bytes += packed_.size();
    ++counts_.requests;
    return true;
}

}  // namespace virtscope::exporters::remote_write
