// News: libvirt's events of one connection: that guests, their states or devices may be others than before.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "core/uuid.h"
#include "drivers/libvirt/connection.h"
#include "drivers/libvirt/library.h"

namespace virtscope::libvirt {

class News {
public:
    // Listens until it is destroyed, which must be before the connection is closed. Starts and stops of guests go to
    // `exchange` too.
    News(const Library& library, virConnectPtr connection, std::shared_ptr<Exchange> exchange);
    ~News();
    News(const News&) = delete;
    News& operator=(const News&) = delete;

    // Whether every kind of event is told; where not, only asking helps.
    bool is_heard() const { return heard_; }
    bool any() const;
    // The guests whose devices may have changed since the last call; any() is false afterwards.
    std::vector<Uuid> take();

private:
    // Shared with libvirt, whose thread may be in a callback when we let go.
    struct Board {
        const Library* library = nullptr;
        std::shared_ptr<Exchange> exchange;
        std::mutex mutex;
        bool any = false;
        std::vector<Uuid> devices;
    };
    void listen(int event, virConnectDomainEventGenericCallback callback);
    static void note(void* board, virDomainPtr domain, bool devices);
    static void tell(void* board, virDomainPtr domain, Happened what);

    const Library& library_;
    virConnectPtr connection_;
    std::shared_ptr<Board> board_ = std::make_shared<Board>();
    std::vector<int> callbacks_;
    bool heard_ = true;
};

}  // namespace virtscope::libvirt
