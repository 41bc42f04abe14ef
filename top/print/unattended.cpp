#include <algorithm>
#include <cstdio>
#include <thread>

#include <unistd.h>

#include "core/clock.h"
#include "core/write_all.h"
#include "top/compose/compose.h"
#include "top/print/host_news.h"
#include "top/print/stream.h"
#include "top/run.h"
#include "top/session_settings.h"

namespace virtscope::top {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto poll_pause = std::chrono::milliseconds(20);
constexpr std::chrono::nanoseconds first_rates_after = std::chrono::seconds(1);

// Figures of a frame that was put out already are not put out twice, so a frame is waited for while its
// agent lives: a ring's ticks and ours are not in step.
Result<Scene> look_for_new(SceneSource& source, std::chrono::nanoseconds delay) {
    while (true) {
        auto scene = source.look(delay);
        if (!scene || scene->is_new() || !source.more_to_come()) return scene;
        std::this_thread::sleep_for(poll_pause);
    }
}

// The first sample of our own has no rates yet; a ring has, unless its agent has only just begun. In history a
// moment without rates is shown as it is.
Scene with_rates(Run& run) {
    if (run.first.has_rates() || !run.source.more_to_come()) return std::move(run.first);
    std::this_thread::sleep_for(std::min(run.options.delay, first_rates_after));
    auto second = look_for_new(run.source, run.options.delay);
    return second ? std::move(*second) : std::move(run.first);
}

// When the scene is, realtime ns: now, unless it is history.
std::int64_t time_of(const Scene& scene) {
    const auto known = std::ranges::find_if(scene.hosts, &Host::is_known);
    return scene.is_history() ? known->picture.frame().realtime : clock_ns(CLOCK_REALTIME);
}

// One scene after the other. The past is put out without waiting; a ring's leads into the present.
class Onward {
public:
    Onward(SceneSource& source, const Options& options, const Scene& first) : source_(source), delay_(options.delay) {
        if (options.end_time) end_ = options.end_time->from(time_of(first));
    }

    // Null: the end has come: that of a recording or of --end-time.
    Result<std::optional<Scene>> after(const Scene& shown) {
        if (!shown.is_history()) return next_live();
        auto next = source_.go(Move::onward, delay_);
        if (!next) return std::unexpected(next.error());
        if (!next->is_history() && !next->is_new()) {
            due_ = Clock::now();
            return next_live();
        }
        const bool is_over = (next->is_history() && !next->is_new()) || (end_ && time_of(*next) > *end_);
        return is_over ? std::optional<Scene>() : std::optional(std::move(*next));
    }

private:
    // A tick that was missed is left out, not made up for. One that would come at the end or later is not waited for.
    Result<std::optional<Scene>> next_live() {
        due_ = std::max(due_ + delay_, Clock::now());
        const Wait wait = wait_until(end_, clock_ns(CLOCK_REALTIME), due_ - Clock::now());
        std::this_thread::sleep_for(wait.time);
        if (wait.is_last) return std::nullopt;
        auto scene = look_for_new(source_, delay_);
        if (!scene) return std::unexpected(scene.error());
        return std::move(*scene);
    }

    SceneSource& source_;
    std::chrono::nanoseconds delay_;
    std::optional<std::int64_t> end_{};  // realtime ns
    Clock::time_point due_ = Clock::now();
};

class Printer {
public:
    explicit Printer(const Run& run)
        : options_(run.options),
          csv_(run.csv),
          session_(session_of(run.options)),
          choice_(run.options.guests, run.options.filter) {}

    Result<> print(const Scene& scene) {
        if (options_.mode == Mode::batch) {
            auto wrote = out(text_of(compose_batch(scene, session_)) + "\n");
            if (!wrote) return wrote;
        }
        for (const std::string& line : news_.since(scene)) tell(line);
        const Picture& first = scene.hosts.front().picture;
        if (!scene.is_new()) {
            tell_once(first.notice);
            return {};
        }
        told_ = false;
        if (!first.remark.empty()) tell_once(first.remark);
        for (const Host& host : scene.hosts) {
            if (!host.is_known() || !host.picture.is_new) continue;
            if (auto printed = print(host); !printed) return printed;
        }
        return {};
    }

private:
    static Result<> out(const std::string& text) { return write_all(STDOUT_FILENO, text, "standard output"); }

    Result<> print(const Host& host) {
        if (options_.mode == Mode::stream) {
            auto wrote = out(stream_text(host, options_.figures.block_bytes, choice_));
            if (!wrote) return wrote;
        }
        return csv_ != nullptr ? csv_->append(host) : Result<>();
    }

    void tell_once(const std::string& notice) {
        if (!told_ && !notice.empty()) tell(notice);
        told_ = true;
    }

    // Screens have it among their lines.
    void tell(const std::string& line) const {
        if (options_.mode != Mode::batch) std::fprintf(stderr, "virt-top: %s\n", line.c_str());
    }

    const Options& options_;
    CsvFile* csv_;
    HostNews news_;
    Session session_;
    GuestChoice choice_;
    bool told_ = false;
};

}  // namespace

Result<> run_unattended(Run run) {
    Printer printer(run);
    Scene scene = with_rates(run);
    Onward onward(run.source, run.options, scene);
    for (std::uint64_t done = 1;; ++done) {
        if (auto printed = printer.print(scene); !printed) return printed;
        if (run.options.iterations && done >= *run.options.iterations) return {};
        auto next = onward.after(scene);
        if (!next) return std::unexpected(next.error());
        if (!*next) return {};
        scene = std::move(**next);
    }
}

}  // namespace virtscope::top
