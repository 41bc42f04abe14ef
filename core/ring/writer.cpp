#include "core/ring/writer.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/ring/frame_log.h"
#include "core/ring/image.h"
#include "core/ring/writer_file.h"

namespace virtscope {

struct RingWriter::State {
    explicit State(ring::WriterFile opened) : sequence(opened.sequence), log(std::move(opened)) {}

    std::uint64_t sequence;
    ring::FrameLog log;
    ring::ImageWriter image;

    Result<> publish(Frame& frame);
};

Result<> RingWriter::State::publish(Frame& frame) {
    if (auto whole = log.whole_file(); !whole) return whole;
    const auto at = log.append(frame, sequence + 1);
    if (!at) return std::unexpected(at.error());
    const ring::WriterFile& file = log.file();
    // Without an image the newest frame is read from the log.
    (void)image.write(file.fd.get(), file.constant, log.state(), *at, log.roster_position(),
                      static_cast<std::uint32_t>(log.roster_number()), frame.events.size());
    // A number that stands in the log is not given again, whether readers were told of it or not.
    ++sequence;
    if (auto told = log.publish(*at); !told) return told;
    frame.sequence = sequence;
    return {};
}

RingWriter::RingWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
RingWriter::RingWriter(RingWriter&&) noexcept = default;
RingWriter& RingWriter::operator=(RingWriter&&) noexcept = default;
RingWriter::~RingWriter() = default;

Result<RingWriter> RingWriter::open(const std::string& path, std::uint64_t bytes, std::uint64_t sequence) {
    auto file = ring::open_to_write(path, bytes);
    if (!file) return std::unexpected(file.error());
    file->sequence = std::max(file->sequence, sequence);
    return RingWriter(std::make_unique<State>(std::move(*file)));
}

Result<RingWriter> RingWriter::in_memory(std::uint64_t bytes) {
    auto file = ring::open_in_memory(bytes);
    if (!file) return std::unexpected(file.error());
    return RingWriter(std::make_unique<State>(std::move(*file)));
}

Result<> RingWriter::publish(Frame& frame, Wake wake) {
    auto published = state_->publish(frame);
    if (!published) state_->log.begin_anew();
    if (published && wake == Wake::now) wake_readers();
    return published;
}

void RingWriter::wake_readers() { state_->log.wake_readers(); }

void RingWriter::number_on_from(std::uint64_t sequence) { state_->sequence = std::max(state_->sequence, sequence); }
std::uint64_t RingWriter::sequence() const { return state_->sequence; }
int RingWriter::fd() const { return state_->log.file().fd.get(); }
const std::string& RingWriter::path() const { return state_->log.file().path; }
std::uint64_t RingWriter::bytes_written() const { return state_->log.bytes_written(); }
const std::string& RingWriter::notice() const { return state_->log.file().notice; }

}  // namespace virtscope
