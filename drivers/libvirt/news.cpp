#include "drivers/libvirt/news.h"

#include <utility>

namespace virtscope::libvirt {
namespace {

// libvirt takes every callback by one type and calls it by the one that belongs to its event.
template <class Callback>
virConnectDomainEventGenericCallback generic(Callback callback) {
    return reinterpret_cast<virConnectDomainEventGenericCallback>(reinterpret_cast<void (*)()>(callback));
}

}  // namespace

void News::note(void* opaque, virDomainPtr domain, bool devices) {
    Board& board = **static_cast<std::shared_ptr<Board>*>(opaque);
    Uuid uuid;
    const bool known = devices && board.library->virDomainGetUUID(domain, uuid.bytes.data()) == 0;
    const std::lock_guard lock(board.mutex);
    board.any = true;
    if (known) board.devices.push_back(uuid);
    const std::lock_guard exchange_lock(board.exchange->mutex);
    board.exchange->news = true;
    board.exchange->changed.notify_all();
}

void News::tell(void* opaque, virDomainPtr domain, Happened what) {
    constexpr std::size_t most = 65'536;  // whoever does not take them for so long misses some
    const Board& board = **static_cast<std::shared_ptr<Board>*>(opaque);
    Happening happening{.what = what, .when = Clock::now(), .ticks = ticks_since_boot()};
    if (board.library->virDomainGetUUID(domain, happening.guest.bytes.data()) != 0) return;
    if (const char* const name = board.library->virDomainGetName(domain); name != nullptr) happening.name = name;
    happening.generation = std::uint64_t{board.library->virDomainGetID(domain)} + 1;
    const std::lock_guard lock(board.exchange->mutex);
    if (board.exchange->happened.size() < most) board.exchange->happened.push_back(std::move(happening));
}

void News::listen(int event, virConnectDomainEventGenericCallback callback) {
    auto* const mine = new std::shared_ptr<Board>(board_);  // libvirt gives it back to the function below
    const auto give_back = [](void* opaque) { delete static_cast<std::shared_ptr<Board>*>(opaque); };
    const int id = library_.virConnectDomainEventRegisterAny(connection_, nullptr, event, callback, mine, give_back);
    if (id >= 0) {
        callbacks_.push_back(id);
        return;
    }
    delete mine;
    heard_ = false;
}

News::News(const Library& library, virConnectPtr connection, std::shared_ptr<Exchange> exchange)
    : library_(library), connection_(connection) {
    board_->library = &library;
    board_->exchange = std::move(exchange);
    const virConnectDomainEventCallback lifecycle = [](virConnectPtr, virDomainPtr domain, int event, int,
                                                       void* board) {
        if (event == VIR_DOMAIN_EVENT_STARTED) tell(board, domain, Happened::started);
        if (event == VIR_DOMAIN_EVENT_STOPPED) tell(board, domain, Happened::stopped);
        note(board, domain, false);
        return 0;
    };
    const virConnectDomainEventDeviceAddedCallback device = [](virConnectPtr, virDomainPtr domain, const char*,
                                                               void* board) { note(board, domain, true); };
    const virConnectDomainEventTrayChangeCallback tray = [](virConnectPtr, virDomainPtr domain, const char*, int,
                                                            void* board) { note(board, domain, true); };
    const virConnectDomainEventBalloonChangeCallback balloon = [](virConnectPtr, virDomainPtr domain,
                                                                  unsigned long long, void* board) {
        tell(board, domain, Happened::ballooned);
    };
    listen(VIR_DOMAIN_EVENT_ID_LIFECYCLE, generic(lifecycle));
    listen(VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, generic(balloon));
    listen(VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, generic(device));
    listen(VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, generic(device));
    listen(VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, generic(tray));
}

News::~News() {
    for (const int id : callbacks_)
        (void)library_.virConnectDomainEventDeregisterAny(connection_, id);  // it may be gone
}

bool News::any() const {
    const std::lock_guard lock(board_->mutex);
    return board_->any;
}

std::vector<Uuid> News::take() {
    const std::lock_guard lock(board_->mutex);
    board_->any = false;
    return std::exchange(board_->devices, {});
}

}  // namespace virtscope::libvirt
