#include <utility>

#include "core/clock.h"
#include "top/compose/compose.h"
#include "top/orders/dispatch.h"
#include "top/run.h"
#include "top/session_settings.h"
#include "top/terminal/terminal.h"
#include "top/view/time_bar.h"

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
        session_ = session_of(run_.options);
        scene_ = std::move(run_.first);
        session_.message = scene_.hosts.front().picture.remark;
        if (run_.options.end_time) end_ = run_.options.end_time->from(clock_ns(CLOCK_REALTIME));
    }

    Result<> loop() {
        auto shown = take(scene_);
        while (shown && !session_.quit && !is_over()) {
            hear();
            paint();
            const auto until = std::min({due(), end_of_run(), dispatch_.due().value_or(due())});
            const TerminalEvent event = terminal_.wait(until);
            if (std::holds_alternative<Ended>(event)) break;
            if (const Key* key = std::get_if<Key>(&event)) typed(*key);
            if (const MouseEvent* mouse = std::get_if<MouseEvent>(&event)) pointed(*mouse);
            shown = go_on();
        }
        return shown;
    }

private:
    // While it is paused nothing is due.
    Clock::time_point due() const { return session_.paused ? Clock::time_point::max() : due_; }

    // --end-time, by the wall clock as it is now.
    Clock::time_point end_of_run() const {
        if (!end_) return Clock::time_point::max();
        const std::int64_t now = clock_ns(CLOCK_REALTIME);
        return Clock::now() + wait_until(end_, now, std::chrono::hours(24)).time;
    }
    bool is_over() const { return end_ && clock_ns(CLOCK_REALTIME) >= *end_; }

    // To where a key leads, or to what is new.
    Result<> go_on() {
        if (const auto move = std::exchange(session_.move, std::nullopt)) {
            return went(run_.source.go(*move, session_.delay));
        }
        if (const auto moment = std::exchange(session_.moment, std::nullopt)) {
            return went(run_.source.at(*moment, session_.delay));
        }
        return Clock::now() >= due() || std::exchange(session_.refresh, false) ? look() : Result<>();
    }

    std::size_t page() const { return page_of(scene_, session_, terminal_.size(), backdrop_); }

    void typed(Key key) {
        if (key == Key::redraw) full_ = true;
        session_.no_orders = dispatch_.why_none(session_.subject ? session_.subject->host : 0);
        press(session_, key, page());
        carry_out();
    }

    void pointed(const MouseEvent& mouse) {
        using enum MouseEvent::Kind;
        if (mouse.kind == wheel_up || mouse.kind == wheel_down)
            return rolled(mouse.kind == wheel_up ? Key::up : Key::down);
        const auto where = click_at(screen_, mouse.row, mouse.column);
        if (!where) return;
        if (const Key* key = std::get_if<Key>(&*where)) return typed(*key);
        if (const auto* time = std::get_if<ClickTime>(&*where)) {
            if (backdrop_.time) session_.moment = time_of(*backdrop_.time, *time);
            return;
        }
        click(session_, *where, mouse.kind == double_press, page());
    }

    void rolled(Key key) {
        constexpr int rows = 3;
        for (int i = 0; i < rows; ++i) typed(key);
    }

    // What a key has left to be done.
    void carry_out() {
        if (std::exchange(session_.write_settings, false)) session_.message = save_settings(run_.options, session_);
        if (auto order = std::exchange(session_.order, std::nullopt)) {
            const Host& host = scene_.hosts[order->guest.host];
            session_.message = dispatch_.give(std::move(*order), host.picture.frame());
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
        const Size size = terminal_.size();
        Past* const past = run_.source.past(host_in_view(scene_, session_));
        backdrop_ = backdrop_of(past, scene_, session_, size, terminal_.draws_unicode());
        screen_ = compose(scene_, session_, size, backdrop_);
        if (std::exchange(full_, false)) return terminal_.redraw(screen_);
        terminal_.draw(screen_);
    }

    Result<> look() {
        auto scene = run_.source.look(session_.delay);
        if (!scene) return std::unexpected(scene.error());
        return take(std::move(*scene));
    }

    // What cannot be gone to leaves the screen as it is.
    Result<> went(Result<Scene> scene) {
        session_.message = scene ? scene->hosts.front().picture.remark : scene.error().message;
        return scene ? take(std::move(*scene)) : Result<>();
    }

    // Shows it, writes it down, and says when the next is due.
    Result<> take(Scene scene) {
        scene_ = std::move(scene);
        session_.in_history = scene_.is_history();
        const auto wait = scene_.has_rates() ? session_.delay : std::min(session_.delay, first_rates_after);
        due_ = Clock::now() + std::max(wait, shortest_wait);
        if (run_.options.iterations && ++looks_ > *run_.options.iterations) session_.quit = true;
        return session_.quit || run_.csv == nullptr ? Result<>() : write_down();
    }

    // The file is of the time that passes, whatever its reader looks at meanwhile.
    Result<> write_down() {
        for (const Host& host : scene_.hosts) {
            if (!host.is_known() || !host.picture.is_new || host.picture.is_history) continue;
            if (auto written = run_.csv->append(host); !written) return written;
        }
        return {};
    }

    Run run_;
    Terminal terminal_;
    Dispatch dispatch_;
    Session session_{};
    Scene scene_{};
    Backdrop backdrop_{};
    Screen screen_{};
    Clock::time_point due_{};
    std::optional<std::int64_t> end_{};  // realtime ns
    std::uint64_t looks_ = 0;
    bool full_ = false;
};

}  // namespace

Result<> run_on_terminal(Run run) {
    const Drawing& drawing = run.options.drawing;
    auto terminal = Terminal::open(
        {.theme = drawing.theme, .colour = drawing.color, .mouse = drawing.mouse, .ascii = drawing.ascii});
    if (!terminal) return std::unexpected(terminal.error());
    return Interactive(std::move(run), std::move(*terminal)).loop();
}

}  // namespace virtscope::top
