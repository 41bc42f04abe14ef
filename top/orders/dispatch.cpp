#include "top/orders/dispatch.h"

#include <cerrno>

#include <fmt/format.h>
#include <unistd.h>

#include "core/text.h"
#include "orders/socket_path.h"
#include "top/view/figures.h"

namespace virtscope::top {

std::string why_no_orders(bool readonly, const Result<std::string>& ring, const std::string& control) {
    if (readonly) return "no orders: virt-top runs with --readonly";
    if (!ring) return ring.error().message;
    const std::string socket = control::socket_path(control, *ring);
    if (::access(socket.c_str(), F_OK) == 0 || errno != ENOENT) return {};
    return fmt::format("no orders: no agent at {}: is virtscoped running?", printable(socket));
}

std::string changed_since(const Frame& frame, const Subject& guest) {
    const auto row = row_of(frame, guest.uuid);
    if (!row) return fmt::format("{}: is not there any more; nothing was done", printable(guest.name, 80));
    if (frame.roster->guests[*row].generation == guest.generation) return {};
    return fmt::format("{}: was started or ended meanwhile; nothing was done, look again", printable(guest.name, 80));
}

std::string Dispatch::why_none(std::size_t host) const {
    if (errand_ && errand_->report().phase == ErrandReport::Phase::sent) {
        return "the agent has not answered to the last order yet";
    }
    return why_no_orders(readonly_, source_.ring_for_orders(host), control_);
}

std::string Dispatch::give(OrderWanted order, const Frame& frame) {
    if (auto changed = changed_since(frame, order.guest); !changed.empty()) return changed;
    auto ring = source_.ring_for_orders(order.guest.host);
    if (!ring) return ring.error().message;
    auto socket = control::socket_path(control_, *ring);
    auto errand = Errand::start({std::move(order), std::move(socket), std::move(*ring)});
    if (!errand) return errand.error().message;
    errand_.emplace(std::move(*errand));
    said_.clear();
    return {};
}

std::optional<Dispatch::News> Dispatch::news() {
    if (!errand_) return std::nullopt;
    auto report = errand_->report();
    const bool is_last = report.phase == ErrandReport::Phase::over;
    const bool is_new = report.text != said_;
    said_ = report.text;
    if (is_last) {
        errand_.reset();
        said_.clear();
    }
    return News{std::move(report.text), is_new, is_last};
}

std::optional<std::chrono::steady_clock::time_point> Dispatch::due() const {
    if (!errand_) return std::nullopt;
    return std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
}

}  // namespace virtscope::top
