#include "core/text.h"
#include "top/source/scene_source.h"

namespace virtscope::top {
namespace {

class OneHost final : public SceneSource {
public:
    explicit OneHost(std::unique_ptr<FrameSource> source) : source_(std::move(source)) {}

    Result<Scene> look(std::chrono::nanoseconds window) override { return scene_of(source_->look(window)); }
    Result<Scene> at(std::int64_t realtime, std::chrono::nanoseconds window) override {
        return scene_of(source_->at(realtime, window));
    }
    Result<Scene> go(Move move, std::chrono::nanoseconds window) override {
        return scene_of(source_->go(move, window));
    }
    bool more_to_come() override { return source_->more_to_come(); }
    Past* past(std::size_t /*host*/) override { return source_->past(); }
    Result<std::string> ring_for_orders(std::size_t /*host*/) const override { return source_->ring_for_orders(); }

private:
    static Result<Scene> scene_of(Result<Picture> picture) {
        if (!picture) return std::unexpected(picture.error());
        Scene scene;
        std::string label = printable(picture->frame().roster->host.name);
        scene.hosts.push_back({.label = std::move(label), .picture = std::move(*picture)});
        return scene;
    }

    std::unique_ptr<FrameSource> source_;
};

}  // namespace

std::unique_ptr<SceneSource> one_host(std::unique_ptr<FrameSource> source) {
    return std::make_unique<OneHost>(std::move(source));
}

}  // namespace virtscope::top
