#include "drivers/xen/store.h"

#include <thread>
#include <utility>

#include "drivers/xen/store_board.h"
#include "drivers/xen/store_worker.h"

namespace virtscope::xen {
namespace {

// The thread holds the board, too: where xenstored owes it an answer it is left behind and ends by itself when the answer
// comes or the connection breaks.
class StoreOfThread final : public Store {
public:
    explicit StoreOfThread(const StorePace& pace) : grace_(pace.grace), board_(std::make_shared<StoreBoard>(pace.patience)) {
        thread_ = std::thread([pace, board = board_] {
            StoreWorker(pace, board).run();
            board->ended();
        });
    }
    ~StoreOfThread() override {
        if (board_->end(grace_)) {
            thread_.join();
        } else {
            thread_.detach();
        }
    }
    StoreOfThread(const StoreOfThread&) = delete;
    StoreOfThread& operator=(const StoreOfThread&) = delete;

    void follow(std::span<const DomainKey> domains) override { board_->follow(domains); }
    std::shared_ptr<const StoreState> state() const override { return board_->state(); }

private:
    const std::chrono::nanoseconds grace_;
    const std::shared_ptr<StoreBoard> board_;
    std::thread thread_;
};

}  // namespace

std::unique_ptr<Store> open_store(const StorePace& pace) { return std::make_unique<StoreOfThread>(pace); }

std::unique_ptr<Store> Store::open() { return open_store({}); }

}  // namespace virtscope::xen
