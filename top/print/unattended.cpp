#include <algorithm>
#include <cstdio>
#include <thread>

#include <unistd.h>

#include "top/print/stream.h"
#include "top/run.h"
#include "top/view/compose.h"

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

// The first sample of our own has no rates yet; a ring has, unless its agent has only just begun. In history a
// moment without rates is shown as it is.
Picture with_rates(Run& run) {
    if (run.first.has_rates || !run.source.more_to_come()) return std::move(run.first);
    std::this_thread::sleep_for(std::min(run.options.delay, first_rates_after));
    auto second = look_for_new(run.source, run.options.delay);
    return second ? std::move(*second) : std::move(run.first);
}

// The past is put out without waiting. A ring's leads into the present.
class Onward {
public:
    Onward(FrameSource& source, std::chrono::nanoseconds delay) : source_(source), delay_(delay) {}

    Result<Picture> after(const Picture& shown) {
        if (shown.is_history) {
            auto next = source_.go(Move::onward, delay_);
            if (!next || next->is_history || next->is_new) return next;
            due_ = Clock::now();
        }
        // A tick that was missed is left out, not made up for.
        due_ = std::max(due_ + delay_, Clock::now());
        std::this_thread::sleep_until(due_);
        return look_for_new(source_, delay_);
    }

private:
    FrameSource& source_;
    std::chrono::nanoseconds delay_;
    Clock::time_point due_ = Clock::now();
};

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
        if (!picture.remark.empty()) tell_once(picture.remark);
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
    Picture picture = with_rates(run);
    Onward onward(run.source, run.options.delay);
    for (std::uint64_t done = 1;; ++done) {
        if (auto printed = printer.print(picture); !printed) return printed;
        if (run.options.iterations && done >= *run.options.iterations) return {};
        auto next = onward.after(picture);
        if (!next) return std::unexpected(next.error());
        if (next->is_history && !next->is_new) return {};  // a recording is over
        picture = std::move(*next);
    }
}

}  // namespace virtscope::top
