#include "top/source/ring_source.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/freshness.h"
#include "core/text.h"
#include "top/source/travel.h"

namespace virtscope::top {
namespace {

using std::chrono::nanoseconds;

std::string silence(const Frame& frame, const Now& now) {
    if (is_live(frame, now)) return {};
    const auto age = age_of(frame, now);
    if (!age) return "the newest frame is from the future: this host's clock or the ring's is wrong";
    return fmt::format("agent silent for {}: this is what it saw last", human_duration(age->count()));
}

// No kind: the file says it.
Result<std::unique_ptr<FrameSource>> open_source(const std::string& path, std::optional<RingSource::Kind> kind,
                                                 nanoseconds strip_step) {
    using Kind = RingSource::Kind;
    auto reader = RingReader::open(path);
    if (!reader) return std::unexpected(reader.error());
    const Kind own = reader->is_recording() ? Kind::recording : Kind::ring;
    return std::make_unique<RingSource>(std::move(*reader), path, kind.value_or(own), strip_step);
}

}  // namespace

Result<Picture> RingSource::look(nanoseconds window) {
    const Result<bool> changed = in_history_ ? stay(window) : follow(window);
    if (!changed && !last_) return std::unexpected(changed.error());
    Picture picture = picture_now(changed && *changed);
    if (!changed) picture.notice = changed.error().message;
    return picture;
}

bool RingSource::more_to_come() { return !in_history_ && last_ && is_live(*last_, read_now()); }

Result<std::string> RingSource::ring_for_orders() const {
    if (kind_ == Kind::recording) return fail(ErrorKind::unsupported, "no orders: a recording is of the past");
    if (in_history_) return fail(ErrorKind::unsupported, "no orders: this is the past; End leads to now");
    return path_;
}

// True: there is a new frame and it is shown.
Result<bool> RingSource::follow(nanoseconds window) {
    auto newest = reader_.newest();
    if (!newest) return std::unexpected(newest.error());
    if (last_ && is_same(**newest, *last_)) return false;
    // Output of one tick after the other: no frame between two pictures is left out of the rates.
    const bool follows = last_ && (*newest)->monotonic - last_->monotonic >= window.count() * 3 / 4;
    return show(std::move(newest), window, {.rates = follows ? last_ : nullptr});
}

// The moment stands still for as long as the ring has it. True: it had to move, or its rates are over another
// window now.
Result<bool> RingSource::stay(nanoseconds window) {
    if (!last_) return show(reader_.newest(), window, {});
    const auto left = reader_.since(last_->sequence - 1, 1);
    if (!left) return std::unexpected(left.error());
    const FramePtr first = left->frames.empty() ? nullptr : left->frames.front();
    if (first && is_same(*first, *last_)) return window == window_ ? Result<bool>(false) : show(last_, window, {});
    auto moved = show(first ? Result<FramePtr>(first) : reader_.oldest(), window, {});
    if (moved) notice_ = "the moment shown was overwritten: this is the oldest that is left";
    return moved;
}

// Always true. Whatever fails leaves everything as it was.
Result<bool> RingSource::show(Result<FramePtr> frame, nanoseconds window, const Begin& begin) {
    if (!frame) return std::unexpected(frame.error());
    auto older = begin.rates ? Result<FramePtr>(begin.rates) : reader_.before(**frame, window);
    if (!older) return std::unexpected(older.error());
    std::vector<EventAt> events;
    if (in_history_) {
        std::uint64_t after = *older ? (*older)->sequence : (*frame)->sequence - 1;
        if (begin.events) after = std::min(after, begin.events->sequence);
        auto read = events_between(reader_, after, **frame);
        if (!read) return std::unexpected(read.error());
        events = std::move(*read);
    }
    last_ = std::move(*frame);
    pair_ = FramePair(std::move(*older), last_);
    window_ = window;
    events_ = std::move(events);
    notice_.clear();
    return true;
}

Picture RingSource::picture_now(bool is_new) {
    const Now now = read_now();
    Picture picture{.pair = pair_};
    picture.age = age_of(*last_, now);
    picture.notice = in_history_ ? notice_ : silence(*last_, now);
    picture.is_new = is_new;
    picture.has_rates = picture.pair.interval() != 0;
    picture.is_history = in_history_;
    picture.events = events_;
    picture.cpu_strip = strip_.at(reader_, last_);
    return picture;
}

Result<std::unique_ptr<FrameSource>> open_ring_source(const std::string& path, nanoseconds strip_step) {
    return open_source(path, RingSource::Kind::ring, strip_step);
}

Result<std::unique_ptr<FrameSource>> open_ring_or_recording(const std::string& path, nanoseconds strip_step) {
    return open_source(path, std::nullopt, strip_step);
}

Result<std::unique_ptr<FrameSource>> open_recording_source(const std::string& path, nanoseconds strip_step) {
    return open_source(path, RingSource::Kind::recording, strip_step);
}

}  // namespace virtscope::top
