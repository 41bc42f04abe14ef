#include "exporters/base/cursor.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace virtscope::exporters {
namespace {

using namespace std::chrono_literals;

// Frames in memory at a time: of 1,000 guests each takes a megabyte.
constexpr std::size_t batch_frames = 8;
constexpr std::chrono::nanoseconds look_for_ring = 1s;
// There is a newer frame and it cannot be read: no reason to ask for it without a pause.
constexpr std::chrono::nanoseconds pause_after_nothing = 200ms;

void pause(std::chrono::nanoseconds wanted, std::chrono::nanoseconds most) {
    std::this_thread::sleep_for(std::min(wanted, most));
}

}  // namespace

Cursor::Cursor(std::string ring, std::optional<Position> exported, Begin begin)
    : ring_(std::move(ring)), begin_(begin), position_(std::move(exported)) {}

Result<Progress> Cursor::advance(const Visit& visit) {
    if (auto opened = open(); !opened) return std::unexpected(opened.error());
    if (!after_) {
        if (auto found = find_place(); !found) {
            // A ring without a frame is one whose first is waited for.
            if (found.error().kind != ErrorKind::absent) forget_ring();
            return std::unexpected(found.error());
        }
    }
    auto progress = go_on(visit);
    if (!progress) {
        forget_ring();
        return progress;
    }
    frames_ += progress->frames;
    lost_ += progress->lost;
    if (progress->frames > 0) woken_ = false;
    return progress;
}

Result<> Cursor::open() {
    if (reader_) return {};
    auto opened = RingReader::open(ring_);
    if (!opened) return std::unexpected(opened.error());
    reader_ = std::move(*opened);
    return {};
}

void Cursor::forget_ring() {
    reader_.reset();
    after_.reset();
}

Result<> Cursor::find_place() {
    if (position_) {
        const auto place = place_of(*position_);
        if (!place) return std::unexpected(place.error());
        after_ = *place;
        renumbered_ = *place != position_->sequence;
        return {};
    }
    const auto frame = begin_ == Begin::newest ? reader_->newest() : reader_->oldest();
    if (!frame) return std::unexpected(frame.error());
    after_ = (*frame)->sequence - 1;
    return {};
}

// Numbers go on over restarts of the agent, but a ring that was removed begins with 1 again. So the frame of that
// number, or where it was overwritten the oldest after it, must be of a time that fits; else it is another ring, which
// has its place by time.
Result<std::uint64_t> Cursor::place_of(const Position& exported) {
    const auto there = reader_->since(exported.sequence - std::min<std::uint64_t>(exported.sequence, 1), 1);
    if (!there) return std::unexpected(there.error());
    if (!there->frames.empty()) {
        const Frame& frame = *there->frames.front();
        const bool itself = frame.sequence == exported.sequence && position_of(frame) == exported;
        const bool later = frame.sequence > exported.sequence && is_after(frame, exported);
        if (itself || later) return exported.sequence;
    }
    if (const auto before = reader_->at(exported.realtime)) return (*before)->sequence;
    const auto oldest = reader_->oldest();
    if (!oldest) return std::unexpected(oldest.error());
    return (*oldest)->sequence - 1;
}

Result<Progress> Cursor::go_on(const Visit& visit) {
    Progress progress;
    for (;;) {
        const auto batch = reader_->since(*after_, batch_frames);
        if (!batch) return std::unexpected(batch.error());
        for (const FramePtr& frame : batch->frames) {
            if (!visit_one(*frame, visit, progress)) return progress;
        }
        if (batch->frames.size() < batch_frames) return progress;
    }
}

bool Cursor::is_exported(const Frame& frame) const {
    if (!position_) return false;
    // Without a change of numbering a frame of another boot is a later one, whatever the wall clock says.
    return (renumbered_ || frame.roster->host.boot_id == position_->boot_id) && !is_after(frame, *position_);
}

bool Cursor::visit_one(const Frame& frame, const Visit& visit, Progress& progress) {
    const bool goes_on = frame.sequence > *after_;
    if (!goes_on) renumbered_ = true;
    const std::uint64_t lost = goes_on ? frame.sequence - *after_ - 1 : 0;
    if (!is_exported(frame)) {
        if (!visit(frame)) return false;
        position_ = position_of(frame);
        renumbered_ = false;
        ++progress.frames;
    }
    progress.lost += lost;
    after_ = frame.sequence;
    return true;
}

bool Cursor::wait(std::chrono::nanoseconds timeout) {
    if (!open()) {
        pause(look_for_ring, timeout);
        return false;
    }
    if (std::exchange(woken_, false)) {
        pause(pause_after_nothing, timeout);
        return true;
    }
    const auto more = reader_->wait(after_.value_or(0), timeout);
    if (!more) {
        forget_ring();
        pause(look_for_ring, timeout);
        return false;
    }
    woken_ = *more;
    return *more;
}

}  // namespace virtscope::exporters
