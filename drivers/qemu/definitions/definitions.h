// Definitions: guests of plain QEMU that are kept here as domain XML, and the orders that make, start, save and forget
// them.
//
// STATE/guests/NAME.xml are the definitions, STATE/guests/autostart/ links to those that start with the agent,
// STATE/images/NAME/ the disks of guests that were deployed, STATE/run/NAME/ the sockets, pid file, log and live XML of
// a guest that was started here. Guests outlive the agent.
//
// Threading: every member from any thread; two orders for one guest do not overlap, the second is refused as busy.
#pragma once

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "core/frame.h"
#include "drivers/lifecycle.h"
#include "drivers/qemu/definitions/folder_watch.h"
#include "drivers/qemu/definitions/hold.h"
#include "drivers/qemu/definitions/save_file.h"
#include "drivers/qemu/definitions/store.h"

namespace virtscope::qemu {

struct ImagePlan;

class Definitions {
public:
    Definitions(const std::string& state_folder, std::string proc);

    // start, define, undefine, create, save, restore, autostart, deploy, dumpxml.
    bool can(Verb verb) const;
    // As Lifecycle::carry_out().
    Result<Answer> carry_out(const Order& order, Progress& progress);

    // What is kept; files are read again only when they changed.
    std::shared_ptr<const Store::Kept> list();

    // For the one agent of this folder. Starts what is marked for autostart and does not run, once a boot of the host;
    // says what came of each.
    std::vector<Event> start_marked(const std::stop_token& stop);
    // For the one agent of this folder. Removes what runs that are over have left.
    void tidy();

private:
    Result<Answer> about_text(const Order& order);
    Result<Answer> about_guest(const Order& order, Progress& progress);
    Result<Answer> define(const Order& order, const Definition& guest);
    Result<Answer> undefine(const Order& order);
    Result<Answer> create(const Order& order, const Definition& guest);
    Result<Answer> start(const Order& order);
    Result<Answer> save(const Order& order, Progress& progress);
    Result<Answer> restore(const Order& order, Progress& progress);
    Result<> bring_up(const Definition& guest, bool paused, std::chrono::steady_clock::time_point deadline);
    void take_down(const std::string& name);
    Result<> load(const SaveReader& saved, const Definition& guest, bool paused, const Advance& advance);
    Result<Answer> autostart(const Order& order);
    Result<Answer> deploy(const Order& order);
    Result<> check_vacant(const ImagePlan& plan, const Definition& guest);
    Result<Answer> dumpxml(const Order& order);
    Result<> secure(bool make) const;
    void list_anew();
    Result<Definition> own_definition(const Target& target);
    Result<Definition> live_definition(const std::string& name);
    Result<> check_identity(const Definition& guest);
    // Finds its firmware, too.
    Result<> check_may_start(Definition& guest);
    std::string run_folder(const std::string& name) const { return state_folder_ + "/run/" + name; }

    std::string state_folder_;
    std::string proc_;
    Store store_;
    Holds holds_;
    std::mutex lock_;  // of what is below
    std::shared_ptr<const Store::Kept> kept_;
    FolderWatch watch_;
};

}  // namespace virtscope::qemu
