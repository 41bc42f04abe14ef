// StoreWorker: the store's thread. It connects, follows, gathers what watches say, reads it again and publishes; whatever
// goes wrong it says and tries again.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/xen/store_board.h"
#include "drivers/xen/store_domains.h"
#include "drivers/xen/store_link.h"

namespace virtscope::xen {

struct StorePace {
    std::chrono::nanoseconds retry = std::chrono::seconds(1);         // between attempts to connect
    std::chrono::nanoseconds patience = std::chrono::seconds(5);      // with an answer; then it is connected to anew
    std::chrono::nanoseconds again = std::chrono::milliseconds(100);  // between two readings of a domain
    std::chrono::nanoseconds gather = std::chrono::milliseconds(10);  // between two looks at what watches said
    std::chrono::nanoseconds refused = std::chrono::seconds(10);      // until a watch that was refused is tried again
    std::vector<std::string> places = store_places();                 // where xenstored may be, the best first
};

// Store::open() with other times.
std::unique_ptr<Store> open_store(const StorePace& pace);

class StoreWorker {
public:
    StoreWorker(const StorePace& pace, StoreBoard& board);
    // Until the board says that it is over.
    void run();

private:
    Result<> connect();
    void pause(const std::string& trouble);
    void round();
    void set_watches();
    bool gather(bool heard);
    void rest();

    const StorePace pace_;
    StoreBoard& board_;
    std::optional<StoreLink> link_;
    StoreDomains domains_;
    bool all_watched_ = false;       // the backends' directories are
    bool changed_ = false;           // since the last state was published
    std::int64_t watch_again_at_ = 0;
    std::string trouble_;
};

}  // namespace virtscope::xen
