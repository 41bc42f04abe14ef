#include <utility>

#include "top/orders/dispatch.h"
#include "top/run.h"
#include "top/terminal/terminal.h"
#include "top/view/compose.h"

namespace virtscope::top {
namespace {

using Clock = std::chrono::steady_clock;

// The first sample of our own has no rates yet: the second follows sooner than any delay.
constexpr std::chrono::nanoseconds first_rates_after = std::chrono::seconds(1);
// A ring may get its next frame just after we looked; and whoever types -d 0.000001 gets what a terminal can show.
constexpr std::chrono::nanoseconds shortest_wait = std::chrono::milliseconds(20);

class Interactive {
public:
    Interactive(Run run, Terminal terminal)
        : run_(std::move(run)),
          terminal_(std::move(terminal)),
          dispatch_(run_.source, run_.options.control, run_.options.readonly) {
        session_.guests = run_.options.guests;
        session_.delay = run_.options.delay;
        picture_ = std::move(run_.first);
        session_.message = picture_.remark;
    }

    Result<> loop() {
        auto shown = take(picture_);
        while (shown && !session_.quit) {
            hear();
            paint();
            const TerminalEvent event = terminal_.wait(std::min(due_, dispatch_.due().value_or(due_)));
            if (std::holds_alternative<Ended>(event)) break;
            if (const Key* key = std::get_if<Key>(&event)) typed(*key);
            if (const auto move = std::exchange(session_.move, std::nullopt))
                shown = go(*move);
            else if (Clock::now() >= due_ || std::exchange(session_.refresh, false))
                shown = look();
        }
        return shown;
    }

private:
    void typed(Key key) {
        if (key == Key::redraw) full_ = true;
        session_.no_orders = dispatch_.why_none();
        press(session_, key, rows_for_guests(picture_, terminal_.size()));
        if (auto order = std::exchange(session_.order, std::nullopt)) {
            session_.message = dispatch_.give(std::move(*order), picture_.frame());
        }
    }

    // What has become of an order. Once it is all that can be said, the guests are shown as they are then.
    void hear() {
        auto news = dispatch_.news();
        if (!news) return;
        session_.status = std::move(news->text);
        if (news->is_new) session_.message.clear();
        if (news->is_last) due_ = Clock::now();
    }

    void paint() {
        const Screen screen = compose(picture_, session_, terminal_.size());
        if (std::exchange(full_, false)) return terminal_.redraw(screen);
        terminal_.draw(screen);
    }

    Result<> look() {
        auto picture = run_.source.look(session_.delay);
        if (!picture) return std::unexpected(picture.error());
        return take(std::move(*picture));
    }

    // What cannot be gone to leaves the screen as it is.
    Result<> go(Move move) {
        auto picture = run_.source.go(move, session_.delay);
        session_.message = picture ? picture->remark : picture.error().message;
        return picture ? take(std::move(*picture)) : Result<>();
    }

    // Shows it, writes it down, and says when the next is due.
    Result<> take(Picture picture) {
        picture_ = std::move(picture);
        session_.in_history = picture_.is_history;
        const auto wait = picture_.has_rates ? session_.delay : std::min(session_.delay, first_rates_after);
        due_ = Clock::now() + std::max(wait, shortest_wait);
        if (run_.options.iterations && ++looks_ > *run_.options.iterations) session_.quit = true;
        // The file is of the time that passes, whatever its reader looks at meanwhile.
        if (session_.quit || run_.csv == nullptr || !picture_.is_new || picture_.is_history) return {};
        return run_.csv->append(picture_);
    }

    Run run_;
    Terminal terminal_;
    Dispatch dispatch_;
    Session session_{};
    Picture picture_{};
    Clock::time_point due_{};
    std::uint64_t looks_ = 0;
    bool full_ = false;
};

}  // namespace

Result<> run_on_terminal(Run run) {
    auto terminal = Terminal::open(run.options.terminal);
    if (!terminal) return std::unexpected(terminal.error());
    return Interactive(std::move(run), std::move(*terminal)).loop();
}

}  // namespace virtscope::top
