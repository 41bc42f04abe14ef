#include "fake_host.h"

#include <thread>

#include "builder.h"
#include "core/freshness.h"

namespace virtscope::top::test {
namespace {

using std::chrono::nanoseconds;

FramePtr frame_at(const FakeHost& host, std::int64_t realtime, std::int64_t monotonic) {
    const std::vector<GuestSpec> guests{{.name = host.name + "-guest"}};
    auto roster = std::make_shared<Roster>(*roster_of(guests));
    roster->host.name = host.name;
    roster->host.boot_id = read_now().boot_id;
    auto frame = std::make_shared<Frame>(frame_of(guests, roster, 0));
    frame->realtime = realtime;
    frame->monotonic = monotonic;
    return frame;
}

class FakeSource final : public FrameSource {
public:
    explicit FakeSource(std::shared_ptr<FakeHost> host) : host_(std::move(host)) {}
    ~FakeSource() override {
        host_->set([&] { ++host_->closed; });
    }
    FakeSource(const FakeSource&) = delete;
    FakeSource& operator=(const FakeSource&) = delete;

    Result<Picture> look(nanoseconds) override {
        pass();
        host_->set([&] { ++host_->looks; });
        if (there_ != 0) return picture(false);
        const Now now = read_now();
        const bool is_new = !host_->is_silent || last_ == nullptr;
        if (is_new) before_ = std::exchange(last_, frame_at(*host_, now.realtime, now.monotonic));
        return picture(is_new);
    }
    Result<Picture> at(std::int64_t realtime, nanoseconds) override {
        pass();
        if (host_->newest == 0) return fail(ErrorKind::unsupported, "no history here");
        const std::int64_t there = std::min(realtime / second, host_->newest);
        if (there < host_->oldest) return fail(ErrorKind::absent, "that is before the oldest frame");
        return go_to(there);
    }
    Result<Picture> go(Move move, nanoseconds) override {
        pass();
        if (host_->newest == 0) return fail(ErrorKind::unsupported, "no history here");
        const std::int64_t from = there_ != 0 ? there_ : host_->newest;
        switch (move) {
            case Move::back: return go_to(std::max(from - 1, host_->oldest));
            case Move::oldest: return go_to(host_->oldest);
            case Move::forward:
                if (from < host_->newest) return go_to(from + 1);
                break;
            default: break;
        }
        there_ = 0;
        return look(nanoseconds(1));
    }
    bool more_to_come() override { return there_ == 0; }
    Result<std::string> ring_for_orders() const override { return host_->name + ".ring"; }

private:
    void pass() {
        std::unique_lock lock(host_->mutex);
        const auto slow = host_->slow;
        host_->changed.wait(lock, [&] { return !host_->hangs; });
        lock.unlock();
        std::this_thread::sleep_for(slow);
    }
    Result<Picture> go_to(std::int64_t there) {
        const bool moved = std::exchange(there_, there) != there;
        before_ = frame_at(*host_, (there - 1) * second, (there - 1) * second);
        last_ = frame_at(*host_, there * second, there * second);
        return picture(moved);
    }
    Picture picture(bool is_new) const {
        Picture picture{.pair = FramePair(before_, last_)};
        picture.is_new = is_new;
        picture.has_rates = before_ != nullptr;
        picture.is_history = there_ != 0;
        if (host_->is_silent && there_ == 0) picture.notice = "agent silent";
        return picture;
    }

    std::shared_ptr<FakeHost> host_;
    FramePtr before_, last_;
    std::int64_t there_ = 0;
};

}  // namespace

FleetMember member_of(const std::shared_ptr<FakeHost>& host, std::string label) {
    return {.label = std::move(label),
            .name = "name-of-" + host->name,
            .uri = "fake://" + host->name,
            .open = [host](const std::atomic<bool>&) {
                std::unique_lock lock(host->mutex);
                ++host->opened;
                host->changed.wait(lock, [&] { return !host->hangs; });
                if (host->refuses) return Result<std::unique_ptr<FrameSource>>(std::unexpected(*host->refuses));
                return Result<std::unique_ptr<FrameSource>>(std::make_unique<FakeSource>(host));
            }};
}

}  // namespace virtscope::top::test
