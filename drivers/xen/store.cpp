#include "drivers/xen/store.h"

#include <thread>

#include "drivers/xen/store_board.h"
#include "drivers/xen/store_worker.h"

namespace virtscope::xen {
namespace {

class StoreOfThread final : public Store {
public:
    explicit StoreOfThread(const StorePace& pace) {
        thread_ = std::thread([pace, &board = board_] { StoreWorker(pace, board).run(); });
    }
    ~StoreOfThread() override {
        board_.end();
        thread_.join();
    }
    StoreOfThread(const StoreOfThread&) = delete;
    StoreOfThread& operator=(const StoreOfThread&) = delete;

    void follow(std::span<const DomainKey> domains) override { board_.follow(domains); }
    std::shared_ptr<const StoreState> state() const override { return board_.state(); }

private:
    StoreBoard board_;
    std::thread thread_;
};

}  // namespace

std::unique_ptr<Store> open_store(const StorePace& pace) { return std::make_unique<StoreOfThread>(pace); }

std::unique_ptr<Store> Store::open() { return open_store({}); }

}  // namespace virtscope::xen
