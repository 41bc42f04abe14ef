// The layouts of drivers/xen/abi.h against Xen's own headers, where this machine has them (Debian: libxen-dev).
#include "drivers/xen/abi.h"

#include <algorithm>
#include <cstddef>

#include <doctest/doctest.h>

#if __has_include(<xen/sysctl.h>)
#define __XEN_TOOLS__ 1
#include <xen/xen.h>

#include <xen/domctl.h>
#include <xen/sysctl.h>

namespace abi = virtscope::xen::abi;

#define CHECK_FIELD(ours, field, theirs, name)              \
    CHECK(offsetof(ours, field) == offsetof(theirs, name)); \
    CHECK(sizeof(ours::field) == sizeof(theirs::name))

TEST_CASE("layouts: as in Xen's headers") {
    REQUIRE(XEN_SYSCTL_INTERFACE_VERSION == 0x15);  // of another version: compare anew, then say so here
    CHECK(std::ranges::count(abi::domctl_versions, XEN_DOMCTL_INTERFACE_VERSION) == 1);
    CHECK(sizeof(abi::DomainInfo) == sizeof(xen_domctl_getdomaininfo));
    CHECK_FIELD(abi::DomainInfo, flags, xen_domctl_getdomaininfo, flags);
    CHECK_FIELD(abi::DomainInfo, tot_pages, xen_domctl_getdomaininfo, tot_pages);
    CHECK_FIELD(abi::DomainInfo, max_pages, xen_domctl_getdomaininfo, max_pages);
    CHECK_FIELD(abi::DomainInfo, cpu_time, xen_domctl_getdomaininfo, cpu_time);
    CHECK_FIELD(abi::DomainInfo, nr_online_vcpus, xen_domctl_getdomaininfo, nr_online_vcpus);
    CHECK_FIELD(abi::DomainInfo, max_vcpu_id, xen_domctl_getdomaininfo, max_vcpu_id);
    CHECK_FIELD(abi::DomainInfo, handle, xen_domctl_getdomaininfo, handle);
    CHECK(offsetof(abi::DomainInfo, emulation_flags) == offsetof(xen_domctl_getdomaininfo, arch_config));
    CHECK(sizeof(abi::Sysctl) == sizeof(xen_sysctl));
    CHECK(offsetof(abi::Sysctl, u) == offsetof(xen_sysctl, u));
    CHECK_FIELD(abi::DomainList, max_domains, xen_sysctl_getdomaininfolist, max_domains);
    CHECK_FIELD(abi::DomainList, buffer, xen_sysctl_getdomaininfolist, buffer);
    CHECK_FIELD(abi::DomainList, num_domains, xen_sysctl_getdomaininfolist, num_domains);
    CHECK_FIELD(abi::CpuList, info, xen_sysctl_getcpuinfo, info);
    CHECK_FIELD(abi::CpuList, nr_cpus, xen_sysctl_getcpuinfo, nr_cpus);
    CHECK(offsetof(abi::PhysInfo15, pages) == offsetof(xen_sysctl_physinfo, total_pages));
    CHECK_FIELD(abi::PhysInfoHead, nr_cpus, xen_sysctl_physinfo, nr_cpus);
    CHECK_FIELD(abi::PhysInfoHead, cpu_khz, xen_sysctl_physinfo, cpu_khz);
    CHECK(sizeof(abi::Domctl) == sizeof(xen_domctl));
    CHECK(offsetof(abi::Domctl, u) == offsetof(xen_domctl, u));
    CHECK_FIELD(abi::VcpuInfo, online, xen_domctl_getvcpuinfo, online);
    CHECK_FIELD(abi::VcpuInfo, blocked, xen_domctl_getvcpuinfo, blocked);
    CHECK_FIELD(abi::VcpuInfo, cpu_time, xen_domctl_getvcpuinfo, cpu_time);
    CHECK_FIELD(abi::VcpuInfo, cpu, xen_domctl_getvcpuinfo, cpu);
    CHECK_FIELD(abi::SchedulerOp, cmd, xen_domctl_scheduler_op, cmd);
    CHECK_FIELD(abi::SchedulerOp, weight, xen_domctl_scheduler_op, u.credit2.weight);
    CHECK_FIELD(abi::SchedulerOp, cap, xen_domctl_scheduler_op, u.credit2.cap);
    CHECK(sizeof(abi::MulticallEntry) == sizeof(multicall_entry));
}
#endif
