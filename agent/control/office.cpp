#include "agent/control/office.h"

#include <spdlog/spdlog.h>

#include "core/text.h"

namespace virtscope::control {

Result<std::unique_ptr<Office>> Office::open(const std::string& socket, const std::string& journal,
                                             const std::string& group) {
    std::unique_ptr<Office> office(new Office(journal, group));
    office->settle();
    auto server = Server::open(socket, office->rooms_->authority.group_id(),
                               std::shared_ptr<Desk>(office->rooms_, &office->rooms_->desk));
    if (!server) return std::unexpected(server.error());
    office->server_ = std::move(*server);
    return office;
}

void Office::settle() {
    for (const Unfinished& order : rooms_->journal.settle()) {
        const std::string text = fmt::format("{} by {}: unknown: the agent went away in the middle; look at the guest",
                                             printable(order.verb, 32), printable(order.user, 64));
        spdlog::warn("{}: {}", printable(order.name), text);
        rooms_->events.add(order.guest, order.name, text);
    }
}

}  // namespace virtscope::control
