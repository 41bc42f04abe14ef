#include <cstdio>
#include <thread>

#include <unistd.h>

#include "top/compose.h"
#include "top/run.h"
#include "top/stream.h"

namespace virtscope::top {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto poll_pause = std::chrono::milliseconds(20);
constexpr std::chrono::nanoseconds first_rates_after = std::chrono::seconds(1);

// Figures of a frame that was put out already are not put out twice, so a frame is waited for while its
// agent lives: a ring's ticks and ours are not in step.
Result<Picture> look_for_new(FrameSource& source, std::chrono::nanoseconds delay) {
    while (true) {
        auto picture = source.look(delay);
        if (!picture || picture->is_new || !source.more_to_come()) return picture;
        std::this_thread::sleep_for(poll_pause);
    }
}

class Printer {
public:
    explicit Printer(const Run& run) : options_(run.options), csv_(run.csv) {}

    Result<> print(const Picture& picture) {
        if (options_.mode == Mode::batch) {
            auto wrote = out(text_of(compose_batch(picture, options_.guests)) + "\n");
            if (!wrote) return wrote;
        }
        if (!picture.is_new) {
            tell_once(picture.notice);
            return {};
        }
        told_ = false;
        if (options_.mode == Mode::stream) {
            auto wrote = out(stream_text(picture, options_.guests.block_bytes));
            if (!wrote) return wrote;
        }
        return csv_ != nullptr ? csv_->append(picture) : Result<>();
    }

private:
    static Result<> out(const std::string& text) { return write_all(STDOUT_FILENO, text, "standard output"); }

    void tell_once(const std::string& notice) {
        if (!told_ && options_.mode != Mode::batch) std::fprintf(stderr, "virt-top: %s\n", notice.c_str());
        told_ = true;
    }

    const Options& options_;
    CsvFile* csv_;
    bool told_ = false;
};

}  // namespace

Result<> run_unattended(Run run) {
    Printer printer(run);
    const auto delay = run.options.delay;
    Picture picture = std::move(run.first);
    // The first sample of our own has no rates yet; a ring has, unless its agent has only just begun.
    if (!picture.has_rates && run.source.more_to_come()) {
        std::this_thread::sleep_for(std::min(delay, first_rates_after));
        auto second = look_for_new(run.source, delay);
        if (second) picture = std::move(*second);
    }
    auto due = Clock::now();
    for (std::uint64_t done = 1;; ++done) {
        if (auto printed = printer.print(picture); !printed) return printed;
        if (run.options.iterations && done >= *run.options.iterations) return {};
        // A tick that was missed is left out, not made up for.
        due = std::max(due + delay, Clock::now());
        std::this_thread::sleep_until(due);
        auto next = look_for_new(run.source, delay);
        if (!next) return std::unexpected(next.error());
        picture = std::move(*next);
    }
}

}  // namespace virtscope::top
