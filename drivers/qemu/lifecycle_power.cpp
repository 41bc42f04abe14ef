// Verbs about a guest's state as a whole.
#include "drivers/qemu/lifecycle_verbs.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace virtscope::qemu {
namespace {

Result<std::string> status(QmpClient& monitor, const Order& order) {
    const auto reply = monitor.ask("query-status", order.deadline);
    if (!reply) return std::unexpected(reply.error());
    std::string found = printable(text_at(*reply, "status"), 64);
    if (found.empty()) return fail(ErrorKind::malformed, "query-status: the monitor tells no status");
    return found;
}

Result<Answer> command(const Order& order, QmpClient& monitor, std::string_view name, std::string_view done) {
    if (order.dry_run) return said(fmt::format("would send {}", name));
    const auto reply = monitor.ask(name, order.deadline);
    if (!reply) return std::unexpected(reply.error());
    return said(std::string(done));
}

}  // namespace

Result<Answer> do_shutdown(const Order& order, QmpClient& monitor) {
    if (order.mode == "agent") {
        return fail(ErrorKind::unsupported, "shutdown by its guest agent is not possible; use --mode acpi");
    }
    if (!order.mode.empty() && order.mode != "acpi") {
        return fail(ErrorKind::unsupported, "shutdown knows no mode {}; use acpi", printable(order.mode, 32));
    }
    const auto now = status(monitor, order);
    if (!now) return std::unexpected(now.error());
    if (*now == "shutdown") return already("has powered off");
    if (*now != "running" && *now != "suspended") {
        return fail(ErrorKind::busy, "is {} and cannot see its power button; resume it first, or destroy it", *now);
    }
    return command(order, monitor, "system_powerdown", "was asked to power off");
}

Result<Answer> do_reset(const Order& order, const CommandLine& line, QmpClient& monitor) {
    if (!line.resets) {
        return fail(ErrorKind::unsupported, "was started with -no-reboot: a reset would end it; use destroy");
    }
    return command(order, monitor, "system_reset", "reset");
}

Result<Answer> do_suspend(const Order& order, QmpClient& monitor) {
    const auto now = status(monitor, order);
    if (!now) return std::unexpected(now.error());
    if (*now == "paused" || *now == "prelaunch") return already("is paused");
    if (*now != "running") return fail(ErrorKind::busy, "is {}, not running: there is nothing to suspend", *now);
    return command(order, monitor, "stop", "paused");
}

Result<Answer> do_resume(const Order& order, QmpClient& monitor) {
    const auto now = status(monitor, order);
    if (!now) return std::unexpected(now.error());
    if (*now == "running") return already("is running");
    if (*now == "suspended") return command(order, monitor, "system_wakeup", "woken");
    constexpr std::array needs_reset{"shutdown", "guest-panicked", "internal-error"};
    if (std::ranges::find(needs_reset, *now) != needs_reset.end()) {
        return fail(ErrorKind::busy, "is {}: only reset or destroy help", *now);
    }
    return command(order, monitor, "cont", "runs");
}

}  // namespace virtscope::qemu
