#include "drivers/qemu/lifecycle.h"

#include <algorithm>
#include <csignal>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/text.h"
#include "drivers/qemu/discovery.h"
#include "drivers/qemu/lifecycle_agent.h"
#include "drivers/qemu/lifecycle_verbs.h"

namespace virtscope::qemu {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;
using Deadline = SteadyClock::time_point;

// How long a process may take over its own end before it is killed.
constexpr auto term_patience = 3s;

bool ended_by(const Process& process, Deadline deadline) {
    for (;;) {
        pollfd watched{process.pidfd(), POLLIN, 0};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now()).count();
        const int found = ::poll(&watched, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)));
        if (found > 0) return true;
        if (found == 0 && SteadyClock::now() >= deadline) return false;
    }
}

Result<> send_signal(const Process& process, int signal) {
    if (::syscall(SYS_pidfd_send_signal, process.pidfd(), signal, nullptr, 0) == 0 || errno == ESRCH) return {};
    return fail_errno(errno, "signal {} to process {}", signal, process.pid());
}

bool is_stopped(const Process& process) {
    const auto stat = process.read("stat", 4096);
    if (!stat) return false;
    const char state = parse_stat(*stat).state;
    return state == 'T' || state == 't';
}

// A guest that a manager made is that manager's to command: it would take our work for a crash.
Result<> check_ours(const CommandLine& line) {
    if (find_control_endpoint(line).kind != Endpoint::Kind::none) return {};
    const Endpoint endpoint = find_endpoint(line);
    if (endpoint.kind != Endpoint::Kind::none || !endpoint.note.starts_with("monitor: belongs to ")) return {};
    return fail(ErrorKind::unsupported, "{}: use its manager's own command", endpoint.note);
}

std::unexpected<Error> stopped(const Process& process) {
    return fail(ErrorKind::busy, "its process is stopped; kill -CONT {} wakes it", process.pid());
}

Result<QmpClient> connect(const Endpoint& endpoint, const Process& process, Deadline deadline) {
    auto monitor = QmpClient::connect(endpoint, process, deadline);
    if (!monitor && monitor.error().kind == ErrorKind::timeout && is_stopped(process)) return stopped(process);
    return monitor;
}

Result<Answer> say(const Order& order, const CommandLine& line, QmpClient& monitor) {
    switch (order.verb) {
        case Verb::shutdown: return do_shutdown(order, monitor);
        case Verb::reset: return do_reset(order, line, monitor);
        case Verb::suspend: return do_suspend(order, monitor);
        case Verb::resume: return do_resume(order, monitor);
        case Verb::setmem: return do_setmem(order, monitor);
        case Verb::setvcpus: return do_setvcpus(order, monitor);
        case Verb::change_media: return do_change_media(order, monitor);
        case Verb::eject: return do_eject(order, monitor);
        case Verb::domdisplay: return do_domdisplay(order, monitor);
        default: return fail(ErrorKind::unsupported, "{} is not known for QEMU guests", verb_name(order.verb));
    }
}

// SIGTERM is as good as the monitor's quit, images are flushed, and nobody's conversation is needed for it. A process
// that is stopped or hangs hears only SIGKILL.
Result<Answer> destroy(const Order& order, const Process& process) {
    if (!order.mode.empty() && order.mode != "graceful") {
        return fail(ErrorKind::unsupported, "destroy knows no mode {}; use graceful or none", printable(order.mode, 32));
    }
    const bool graceful = order.mode == "graceful";
    if (order.dry_run) return said(fmt::format("would end process {}", process.pid()));
    const auto share = [&](Deadline::duration most) {
        const auto now = SteadyClock::now();
        return now + std::min(most, std::max(order.deadline - now, Deadline::duration::zero()) / 3);
    };
    if (!is_stopped(process)) {
        if (auto sent = send_signal(process, SIGTERM); !sent) return std::unexpected(sent.error());
        if (ended_by(process, graceful ? order.deadline : share(term_patience))) return said("ended");
    }
    if (graceful) return fail(ErrorKind::timeout, "does not end by itself; destroy it without graceful");
    if (auto sent = send_signal(process, SIGKILL); !sent) return std::unexpected(sent.error());
    if (ended_by(process, order.deadline)) return said("killed");
    return fail(ErrorKind::timeout, "process {} was killed but has not ended: it waits in the kernel", process.pid());
}

}  // namespace

QemuLifecycle::QemuLifecycle(std::string proc, Means means, std::shared_ptr<Loans> loans, std::shared_ptr<Definitions> definitions)
    : proc_(std::move(proc)), means_(means), loans_(std::move(loans)), definitions_(std::move(definitions)) {}

bool QemuLifecycle::can(Verb verb) const {
    if (definitions_ != nullptr && definitions_->can(verb)) return true;
    switch (verb) {
        case Verb::shutdown:
        case Verb::reboot:
        case Verb::reset:
        case Verb::destroy:
        case Verb::suspend:
        case Verb::resume:
        case Verb::setmem:
        case Verb::setvcpus:
        case Verb::change_media:
        case Verb::eject:
        case Verb::domdisplay:
        case Verb::guestinfo: return true;
        default: return false;
    }
}

Result<Answer> QemuLifecycle::carry_out(const Order& order, Progress& progress) {
    if (definitions_ != nullptr && definitions_->can(order.verb)) return definitions_->carry_out(order, progress);
    auto answer = act(order);
    if (!answer) {
        return fail(answer.error().kind, "{}: {}", printable(order.target.name), answer.error().message);
    }
    answer->guest = order.target.uuid;
    return answer;
}

Result<Answer> QemuLifecycle::act(const Order& order) {
    if (!can(order.verb)) return fail(ErrorKind::unsupported, "{} is not known for QEMU guests", verb_name(order.verb));
    const bool ends = order.verb == Verb::destroy || order.verb == Verb::shutdown;
    if (order.target.generation == 0) {
        if (ends) return already("is shut off");
        return fail(ErrorKind::busy, "is shut off; start it first");
    }
    const auto process = Process::open(proc_, static_cast<pid_t>(order.target.local_id));
    if (!process && process.error().kind != ErrorKind::absent) return std::unexpected(process.error());
    const bool gone = !process || process->start_ticks() != order.target.generation ||
                      ended_by(*process, SteadyClock::now());  // ended, but its parent has not looked
    if (gone) {
        if (ends) return already("has ended");
        return fail(ErrorKind::absent, "the run that was meant has ended");
    }
    const auto cmdline = process->read("cmdline");
    if (!cmdline) return std::unexpected(cmdline.error());
    const CommandLine line = parse_command_line(*cmdline);
    if (auto ours = check_ours(line); !ours) return std::unexpected(ours.error());
    if (order.verb == Verb::destroy) return destroy(order, *process);
    return is_for_agent(order) ? over_agent(order, *process, line, means_.guest_agents ? loans_ : nullptr)
                               : over_monitor(order, *process, line);
}

Result<Answer> QemuLifecycle::over_monitor(const Order& order, const Process& process, const CommandLine& line) {
    if (!means_.monitors) {
        return fail(ErrorKind::unsupported, "monitors are not used, as configured: only destroy is possible");
    }
    // Else it would be waited for in vain, until the deadline.
    if (is_stopped(process)) return stopped(process);
    if (const Endpoint own = find_control_endpoint(line); own.kind != Endpoint::Kind::none) {
        auto monitor = connect(own, process, order.deadline);
        if (!monitor) return std::unexpected(monitor.error());
        return say(order, line, *monitor);
    }
    const Endpoint shared = find_endpoint(line);
    if (shared.kind == Endpoint::Kind::none) return fail(ErrorKind::unsupported, "{}", shared.note);
    const auto loan = loans_->borrow(Run::of(process), order.deadline);
    if (!loan) return std::unexpected(loan.error());
    auto monitor = connect(shared, process, order.deadline);  // after the loan: closed before it is back
    if (!monitor) return std::unexpected(monitor.error());
    return say(order, line, *monitor);
}

}  // namespace virtscope::qemu
