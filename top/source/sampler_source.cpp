#include <utility>

#include <fmt/format.h>

#include "core/freshness.h"
#include "core/text.h"
#include "top/source/ring_source.h"
#include "top/source/sampler_source.h"
#include "top/source/sampler_thread.h"

namespace virtscope::top {
namespace {

using std::chrono::nanoseconds;

// A ring of our own, of which the rest of this file only says so.
class SamplerSource final : public FrameSource {
public:
    SamplerSource(std::unique_ptr<SamplerThread> thread, RingReader reader, std::string notice, nanoseconds strip_step)
        : thread_(std::move(thread)),
          ring_(std::move(reader), thread_->ring(), RingSource::Kind::ring, strip_step),
          notice_(std::move(notice)) {}

    Result<Picture> look(nanoseconds window) override {
        thread_->set_interval(window);
        // The first look is at what there was when we began.
        if (std::exchange(has_looked_, true) && !in_history_) thread_->refresh();
        return told(ring_.look(window));
    }
    Result<Picture> at(std::int64_t realtime, nanoseconds window) override { return told(ring_.at(realtime, window)); }
    Result<Picture> go(Move move, nanoseconds window) override { return told(ring_.go(move, window)); }
    bool more_to_come() override { return !in_history_; }
    Past* past() override { return ring_.past(); }
    Result<std::string> ring_for_orders() const override {
        return fail(ErrorKind::unsupported,
                    "no orders: virt-top samples by itself here; they need virtscoped and its ring");
    }

private:
    Result<Picture> told(Result<Picture> picture) {
        if (!picture) return picture;
        in_history_ = picture->is_history;
        if (!in_history_) picture->notice = notice_now(picture->frame());
        return picture;
    }

    std::string notice_now(const Frame& frame) const {
        const Now now = read_now();
        if (!is_live(frame, now)) {
            return fmt::format("the sample under way takes long: this is from {} ago",
                               human_duration(now.monotonic - frame.monotonic));
        }
        const std::string problems = thread_->problems();
        return problems.empty() ? notice_ : problems;
    }

    std::unique_ptr<SamplerThread> thread_;
    RingSource ring_;
    std::string notice_;
    bool has_looked_ = false;
    bool in_history_ = false;
};

}  // namespace

Result<std::unique_ptr<FrameSource>> sampler_source(std::unique_ptr<Sampler> sampler, std::string notice,
                                                    nanoseconds strip_step) {
    auto thread = SamplerThread::start(std::move(sampler));
    if (!thread) return std::unexpected(thread.error());
    auto reader = RingReader::open((*thread)->ring());
    if (!reader) return std::unexpected(reader.error());
    return std::make_unique<SamplerSource>(std::move(*thread), std::move(*reader), std::move(notice), strip_step);
}

Result<std::unique_ptr<FrameSource>> open_sampler_source(const std::vector<std::string>& uris, std::string notice,
                                                         nanoseconds strip_step) {
    auto sampler = Sampler::open({.uris = uris, .host = {}, .drivers = {}});
    if (!sampler) return std::unexpected(sampler.error());
    return sampler_source(std::move(*sampler), std::move(notice), strip_step);
}

}  // namespace virtscope::top
