#include "drivers/libvirt/lifecycle_connections.h"

#include "core/text.h"

namespace virtscope::libvirt {

Connections::~Connections() {
    for (const virConnectPtr connection : idle_) library_.virConnectClose(connection);
}

virConnectPtr Connections::take_idle() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return nullptr;
    const virConnectPtr connection = idle_.back();
    idle_.pop_back();
    return connection;
}

Result<virConnectPtr> Connections::take() {
    while (const virConnectPtr idle = take_idle()) {
        if (library_.virConnectIsAlive(idle) == 1) return idle;
        library_.virConnectClose(idle);  // its daemon has gone, perhaps for another
    }
    const virConnectPtr connection = library_.virConnectOpen(uri_.c_str());
    if (connection == nullptr) {
        return std::unexpected(last_error(library_, fmt::format("libvirt takes no orders at {}", printable(uri_))));
    }
    (void)library_.virConnectSetKeepAlive(connection, 5, 3);  // hypervisors within this process have none and need none
    return connection;
}

void Connections::give_back(virConnectPtr connection) {
    constexpr std::size_t most_idle = 2;
    if (library_.virConnectIsAlive(connection) == 1) {
        const std::lock_guard lock(mutex_);
        if (idle_.size() < most_idle) {
            idle_.push_back(connection);
            return;
        }
    }
    library_.virConnectClose(connection);
}

}  // namespace virtscope::libvirt
