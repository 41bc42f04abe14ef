// OneByOne: guests of a hypervisor for which libvirt has no bulk statistics (containers of lxc:///, xen:///system), by
// the calls that every driver of libvirt's has. None of them asks a guest.
#pragma once

#include <map>
#include <vector>

#include "drivers/driver.h"
#include "drivers/libvirt/stats.h"

namespace virtscope::libvirt {

class OneByOne {
public:
    explicit OneByOne(const Library& library) : library_(library) {}

    // All guests, with the numbers that bulk statistics would have; what a driver cannot tell is absent. A guest that
    // vanishes meanwhile is left out. Errors: the connection's.
    Result<std::vector<GuestStats>> read(virConnectPtr connection);

private:
    struct Known {
        unsigned id = 0;
        Clock::time_point read;
        Definition definition;
    };
    const Definition* definition_of(virDomainPtr domain);

    const Library& library_;
    std::map<Uuid, Known> known_;
};

}  // namespace virtscope::libvirt
