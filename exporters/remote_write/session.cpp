#include "exporters/remote_write/session.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/clock.h"
#include "exporters/base/complain.h"
#include "exporters/base/exit_codes.h"

namespace virtscope::exporters::remote_write {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t save_each = 1'000'000'000;  // ns; while catching up there are hundreds of frames a second
constexpr int go_on = -1;

OwnMetric count(std::string_view name, std::string_view help, std::uint64_t value) {
    return {.name = name, .unit = "", .help = help, .kind = Kind::counter, .value = static_cast<double>(value)};
}

}  // namespace

Session::Session(const Options& options, const Common& common, const CurlLibrary& library, Stopping& stopping,
                 std::optional<Position> exported)
    : position_file_(options.position),
      stopping_(stopping),
      // Receivers take the past as well as the present: all that there is.
      cursor_(common.ring, exported, Begin::oldest),
      grid_(options.interval, exported ? std::optional(exported->realtime) : std::nullopt),
      stream_(common.filter, options.external),
      client_(library, options.target, [this] { return stopping_.must_end(); }),
      delivery_({.post = [this](const std::string& packed) { return client_.post(packed); },
                 .wait = [this](std::chrono::nanoseconds time) { return stopping_.wait(time); },
                 .must_end = [this] { return stopping_.must_end(); }},
                options.batch_samples),
      saved_(exported),
      silence_(common.ring) {}

// Whether the frame is done with. All samples have its time and not that of their rows: a row that was not read anew
// would be sent twice with one time, and receivers compute with series of one time.
bool Session::send(const Frame& frame) {
    if (stopping_.told()) return false;
    silence_.heard(frame);
    if (!grid_.takes(frame.realtime)) return true;
    delivery_.begin(frame.realtime);
    const auto sink = [this](std::span<const std::string_view> labels, std::uint64_t bits) {
        delivery_.add(labels, bits);
    };
    stream_.write(frame, sink);
    stream_.write_own(own(frame), sink);
    if (!delivery_.end()) return false;
    ++frames_;
    accepted_ = position_of(frame);
    save(false);
    return true;
}

std::vector<OwnMetric> Session::own(const Frame& frame) const {
    const Counts& counts = delivery_.counts();
    Tally tally{.frames = frames_, .lost = cursor_.lost(), .errors = counts.failures, .lag = {}};
    if (!cursor_.is_recording()) tally.lag = std::max<std::int64_t>(0, clock_ns(CLOCK_REALTIME) - frame.realtime);
    auto metrics = own_metrics(tally);
    metrics.push_back({.name = "virt_up",
                       .unit = "",
                       .help = "1 with each sample of the agent; without one there is none",
                       .kind = Kind::gauge,
                       .value = 1});
    metrics.push_back({.name = "virt_exporter_rows_left_out",
                       .unit = "",
                       .help = "Guests whose UUID is taken, and devices of a guest that has too many",
                       .kind = Kind::gauge,
                       .value = static_cast<double>(stream_.left_out())});
    metrics.push_back(count("virt_exporter_samples_total", "Samples that the receiver took", counts.samples));
    metrics.push_back(count("virt_exporter_samples_dropped_total", "Samples that it refused", counts.dropped));
    metrics.push_back(count("virt_exporter_sent_bytes_total", "Bytes of requests it took, packed", counts.bytes));
    return metrics;
}

void Session::save(bool at_once) {
    if (!accepted_ || saved_ == accepted_) return;
    const std::int64_t now = clock_ns(CLOCK_MONOTONIC);
    if (!at_once && now - saved_at_ < save_each) return;
    saved_at_ = now;
    if (auto done = save_position(position_file_, *accepted_); !done) {
        position_trouble_.met(done.error().message + "; after a restart samples will be sent a second time");
        return;
    }
    position_trouble_.over("the position can be saved");
    saved_ = accepted_;
}

int Session::step() {
    const auto progress = cursor_.advance([this](const Frame& frame) { return send(frame); });
    save(false);
    if (!delivery_.barred().empty()) {
        complain(delivery_.barred());
        return exit_no_way;
    }
    if (stopping_.told()) return exit_stopped;
    if (!progress) return ring_trouble_.ends(progress.error()) ? exit_no_ring : go_on;
    ring_trouble_.over();
    if (progress->lost > 0)
        complain(fmt::format("{} frames were overwritten or damaged before they could be exported", progress->lost));
    return cursor_.is_recording() ? exit_stopped : go_on;
}

int Session::finish() {
    const Counts& counts = delivery_.counts();
    complain(fmt::format(
        "{} samples of {} frames sent in {} requests of {} bytes, {} dropped, {} frames lost, {} of a "
        "time that was there before",
        counts.samples, frames_, counts.requests, counts.bytes, counts.dropped, cursor_.lost(), grid_.in_the_past()));
    return exit_stopped;
}

int Session::run() {
    for (;;) {
        const int code = step();
        if (code == go_on) {
            if (!cursor_.wait(500ms) && !ring_trouble_.lasts()) silence_.look();
            continue;
        }
        save(true);
        return code == exit_stopped ? finish() : code;
    }
}

}  // namespace virtscope::exporters::remote_write
