// Definitions: guests of plain QEMU that are kept here as domain XML, and the orders that make, start and forget them.
//
// STATE/guests/NAME.xml are the definitions, STATE/run/NAME/ the sockets, pid file, log and live XML of a guest that was started here. Guests outlive the agent.
//
// Threading: every member from any thread; two orders for one guest do not overlap, the second is refused as busy.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>
#include <ctime>

#include "drivers/lifecycle.h"
#include "drivers/qemu/definitions/store.h"

namespace virtscope::qemu {

class Definitions {
public:
    Definitions(const std::string& state_folder, std::string proc);

    // start, define, undefine, create, dumpxml.
    bool can(Verb verb) const;
    // As Lifecycle::carry_out().
    Result<Answer> carry_out(const Order& order, Progress& progress);

    // What is kept; the folder is read again only when it changed.
    std::shared_ptr<const Store::Kept> list();


private:
    Result<Answer> define(const Order& order);
    Result<Answer> undefine(const Order& order);
    Result<Answer> create(const Order& order);
    Result<Answer> start(const Order& order);
    Result<Answer> dumpxml(const Order& order);
    Result<> secure(bool make) const;
    void list_anew();
    Result<> check_identity(const Definition& guest);
    std::string run_folder(const std::string& name) const { return state_folder_ + "/run/" + name; }

    std::string state_folder_;
    std::string proc_;
    Store store_;
    std::mutex lock_;  // of all below; never held while QEMU is waited for
    std::set<std::string> held_;  // guests that an order is about
    std::shared_ptr<const Store::Kept> kept_;
    timespec changed_{};
};

}  // namespace virtscope::qemu
