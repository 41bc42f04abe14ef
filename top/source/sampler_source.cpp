#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/freshness.h"
#include "top/source/sampler_source.h"

namespace virtscope::top {
namespace {

using std::chrono::nanoseconds;

class SamplerSource final : public FrameSource {
public:
    SamplerSource(std::unique_ptr<Sampler> sampler, std::string notice)
        : sampler_(std::move(sampler)), notice_(std::move(notice)) {}

    Result<Picture> look(nanoseconds) override {
        // Somebody leans on the space bar: guests are not asked more often for that.
        constexpr nanoseconds shortest = std::chrono::milliseconds(100);
        const bool sample = !last_ || read_now().monotonic - last_->monotonic >= shortest.count();
        if (sample) {
            auto frame = std::make_shared<Frame>();
            sampler_->sample(*frame);
            before_ = std::exchange(last_, std::move(frame));
        }
        Picture picture{.pair = FramePair(before_, last_)};
        picture.age = age_of(*last_, read_now());
        picture.notice =
            sampler_->problems().empty() ? notice_ : fmt::format("{}", fmt::join(sampler_->problems(), "; "));
        picture.is_new = sample;
        picture.has_rates = picture.pair.interval() != 0;
        return picture;
    }

    Result<Picture> at(std::int64_t, nanoseconds) override { return no_past(); }
    Result<Picture> go(Move, nanoseconds) override { return no_past(); }
    bool more_to_come() override { return true; }
    Result<std::string> ring_for_orders() const override {
        return fail(ErrorKind::unsupported,
                    "no orders: virt-top samples by itself here; they need virtscoped and its ring");
    }

private:
    static std::unexpected<Error> no_past() {
        return fail(ErrorKind::unsupported, "no history here: only a ring remembers (virtscoped writes one)");
    }

    std::unique_ptr<Sampler> sampler_;
    std::string notice_;
    FramePtr before_, last_;
};

}  // namespace

Result<std::unique_ptr<FrameSource>> sampler_source(std::unique_ptr<Sampler> sampler, std::string notice) {
    return std::make_unique<SamplerSource>(std::move(sampler), std::move(notice));
}

Result<std::unique_ptr<FrameSource>> open_sampler_source(const std::vector<std::string>& uris, std::string notice) {
    auto sampler = Sampler::open({.uris = uris, .host = {}, .drivers = {}});
    if (!sampler) return std::unexpected(sampler.error());
    return sampler_source(std::move(*sampler), std::move(notice));
}

}  // namespace virtscope::top
