#include "top/source/logged_source.h"

#include <spdlog/spdlog.h>

#include "core/text.h"
#include "core/time_text.h"

namespace virtscope::top {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr std::size_t longest = 1000;  // bytes of what a source says

void log_host(const Host& host) {
    if (!host.trouble.empty()) spdlog::warn("  {}: {}", printable(host.label), printable(host.trouble, longest));
    if (!host.is_known()) return;
    const Picture& picture = host.picture;
    spdlog::debug("  {}: frame {} of {}, {} guests, rates over {}{}{}", printable(host.label), picture.frame().sequence,
                  local_time(picture.frame().realtime, true), picture.frame().roster->guests.size(),
                  human_duration(picture.pair.interval()), picture.is_new ? "" : ", shown before",
                  picture.is_history ? ", history" : "");
    for (const std::string* text : {&picture.notice, &picture.remark}) {
        if (!text->empty()) spdlog::info("  {}: {}", printable(host.label), printable(*text, longest));
    }
}

Result<Scene> log_scene(const char* what, Clock::time_point begun, Result<Scene> scene) {
    const nanoseconds took = Clock::now() - begun;
    if (!scene) {
        spdlog::error("{}: {}", what, printable(scene.error().message, longest));
        return scene;
    }
    spdlog::debug("{}: {}", what, human_duration(took.count()));
    for (const Host& host : scene->hosts) log_host(host);
    return scene;
}

class LoggedSource final : public SceneSource {
public:
    explicit LoggedSource(std::unique_ptr<SceneSource> source) : source_(std::move(source)) {}

    Result<Scene> look(nanoseconds window) override {
        const auto begun = Clock::now();
        return log_scene("look", begun, source_->look(window));
    }
    Result<Scene> at(std::int64_t realtime, nanoseconds window) override {
        const auto begun = Clock::now();
        return log_scene("go to a time", begun, source_->at(realtime, window));
    }
    Result<Scene> go(Move move, nanoseconds window) override {
        const auto begun = Clock::now();
        return log_scene("move in time", begun, source_->go(move, window));
    }
    bool more_to_come() override { return source_->more_to_come(); }
    Past* past(std::size_t host) override { return source_->past(host); }
    Result<std::string> ring_for_orders(std::size_t host) const override { return source_->ring_for_orders(host); }

private:
    std::unique_ptr<SceneSource> source_;
};

}  // namespace

std::unique_ptr<SceneSource> logged(std::unique_ptr<SceneSource> source) {
    return std::make_unique<LoggedSource>(std::move(source));
}

}  // namespace virtscope::top
