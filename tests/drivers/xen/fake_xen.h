// FakeXen: a hypervisor that answers the hypercalls of drivers/xen from what a test says there is.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "drivers/xen/privcmd.h"
#include "drivers/xen/abi.h"

namespace virtscope::test {

struct FakeDomain {
    xen::abi::DomainInfo info{};
    std::vector<xen::abi::VcpuInfo> vcpus;
    std::uint16_t weight = 256;
    std::uint16_t cap = 0;
    std::uint32_t scheduler = 6;
};

// A running PV guest of `vcpus`, 128 MiB, whose UUID's last bytes are its number.
FakeDomain fake_domain(std::uint16_t domid, std::uint32_t vcpus = 1);

struct FakeXen {
    std::map<std::uint16_t, FakeDomain> domains{{0, fake_domain(0)}};
    std::uint32_t sysctl_version = 0x15;
    std::uint32_t domctl_version = 0x15;
    std::uint32_t scheduler = 6;  // of the machine; a domain may be in a pool that has another
    std::uint32_t khz = 2'596'126;
    std::uint64_t pages = 335'737;
    std::uint64_t free_pages = 101'882;
    std::vector<std::uint64_t> idle{8'944'018'213};
    int refuses = 0;              // an errno that every hypercall gets
    int refuses_cpus = 0;         // one that the question for idle times gets
    std::uint64_t hypercalls = 0;

    // Stays with this object, which must live longer.
    std::unique_ptr<xen::Privcmd> privcmd();
};

}  // namespace virtscope::test
