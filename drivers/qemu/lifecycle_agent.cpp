#include "drivers/qemu/lifecycle_agent.h"

#include "core/text.h"
#include "drivers/qemu/guest_agent.h"

namespace virtscope::qemu {

bool is_for_agent(const Order& order) {
    return order.verb == Verb::guestinfo || order.verb == Verb::reboot ||
           (order.verb == Verb::shutdown && order.mode == "agent");
}

Result<Answer> over_agent(const Order& order, const Process& process, const CommandLine& line,
                          const std::shared_ptr<Loans>& loans) {
    Answer answer;
    if (order.verb == Verb::reboot && !order.mode.empty() && order.mode != "agent") {
        return fail(ErrorKind::unsupported, "QEMU cannot ask a guest to restart by {}; use --mode agent, or reset",
                    printable(order.mode, 32));
    }
    if (loans == nullptr) {
        return fail(ErrorKind::unsupported,
                    "needs the agent inside the guest; permit it with [guest_agent] enabled = true in the configuration");
    }
    const Endpoint endpoint = find_agent(line);
    if (endpoint.kind == Endpoint::Kind::none) return fail(ErrorKind::unsupported, "{}", endpoint.note);
    const std::string_view mode = order.verb == Verb::reboot ? "reboot" : "powerdown";
    if (order.dry_run && order.verb != Verb::guestinfo) {
        answer.text = fmt::format("would ask the agent in the guest for {}", mode);
        return answer;
    }
    const auto loan = loans->borrow(Run::of(process, Channel::guest_agent), order.deadline);
    if (!loan) return std::unexpected(loan.error());
    if (order.verb == Verb::guestinfo) {
        auto told = guest_info(process, line, order.deadline);
        if (!told) return std::unexpected(told.error());
        answer.text = std::move(*told);
        return answer;
    }
    answer.text = fmt::format("{} requested of the agent in the guest", verb_name(order.verb));
    const auto asked = agent_shutdown(process, line, mode, order.deadline);
    if (!asked) return std::unexpected(asked.error());
    return answer;
}

}  // namespace virtscope::qemu
