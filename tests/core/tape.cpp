#include "tests/core/tape.h"

#include <stdexcept>

namespace virtscope::sample {
namespace {

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(*result);
}

}  // namespace

Tape::Tape(std::uint64_t bytes) : path_(directory_.file("ring")), writer_(must(RingWriter::open(path_, bytes))) {}

void Tape::add(double seconds, const RosterPtr& who, const std::function<void(Frame&)>& fill) {
    Frame frame;
    frame.realtime = at(seconds);
    frame.monotonic = static_cast<std::int64_t>((seconds + 1000) * 1e9);
    frame.boottime = frame.monotonic;
    frame.reset(who);
    if (fill) fill(frame);
    const auto done = writer_.publish(frame);
    if (!done) throw std::runtime_error(done.error().message);
}

RingReader Tape::reader() const { return must(RingReader::open(path_)); }

}  // namespace virtscope::sample
