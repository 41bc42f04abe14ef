// Connections: read-write ones to one libvirt, each lent to one order at a time.
//
// An order has one to itself because libvirtd stops reading from a client with five calls under way: on a shared one,
// five guests that hang would keep every other order, destroy too, from being heard.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "drivers/libvirt/library.h"

namespace virtscope::libvirt {

class Connections {
public:
    Connections(const Library& library, std::string uri) : library_(library), uri_(std::move(uri)) {}
    ~Connections();
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    const std::string& uri() const { return uri_; }

    // One that is alive; blocks while libvirt does. A daemon that stops answering is noticed after 20 s, calls on the
    // connection fail then. Errors: as libvirt has them, naming the URI.
    Result<virConnectPtr> take();
    void give_back(virConnectPtr connection);

private:
    virConnectPtr take_idle();

    const Library& library_;
    const std::string uri_;
    std::mutex mutex_;
    std::vector<virConnectPtr> idle_;
};

}  // namespace virtscope::libvirt
