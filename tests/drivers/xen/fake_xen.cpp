#include "fake_xen.h"

#include <algorithm>
#include <cerrno>

namespace virtscope::test {
namespace {

using namespace xen::abi;

class FakePrivcmd final : public xen::Privcmd {
public:
    explicit FakePrivcmd(FakeXen& xen) : xen_(xen) {}

    long call(std::uint64_t op, const std::array<std::uint64_t, 2>& arguments) override {
        ++xen_.hypercalls;
        if (xen_.refuses != 0) return -xen_.refuses;
        if (op != op_multicall) return one(op, arguments[0]);
        auto* const calls = reinterpret_cast<MulticallEntry*>(arguments[0]);
        for (std::size_t i = 0; i < arguments[1]; ++i) calls[i].result = one(calls[i].op, calls[i].arguments[0]);
        return 0;
    }

    Result<xen::HyperMemory> memory(std::size_t size) override {
        return xen::HyperMemory{{new std::byte[size](), [](std::byte* bytes) { delete[] bytes; }}, size};
    }

private:
    long one(std::uint64_t op, std::uint64_t at) {
        if (op == op_sysctl) return sysctl(*reinterpret_cast<Sysctl*>(at));
        if (op == op_domctl) return domctl(*reinterpret_cast<Domctl*>(at));
        return -ENOSYS;
    }

    long sysctl(Sysctl& call) {
        if (call.interface_version != xen_.sysctl_version) return -EACCES;
        switch (call.cmd) {
            case sysctl_sched_id: call.u.sched_id = xen_.scheduler; return 0;
            case sysctl_getdomaininfolist: return list(call.u.domains);
            case sysctl_getcpuinfo: return cpus(call.u.cpus);
            case sysctl_physinfo: return machine(call);
            default: return -ENOSYS;
        }
    }

    long list(DomainList& call) {
        auto* const out = reinterpret_cast<DomainInfo*>(call.buffer);
        call.num_domains = 0;
        for (const auto& [domid, domain] : xen_.domains) {
            if (domid < call.first_domain || call.num_domains == call.max_domains) continue;
            out[call.num_domains++] = domain.info;
        }
        return 0;
    }

    long cpus(CpuList& call) {
        if (xen_.refuses_cpus != 0) return -xen_.refuses_cpus;
        call.nr_cpus = std::min<std::uint32_t>(call.max_cpus, static_cast<std::uint32_t>(xen_.idle.size()));
        std::copy_n(xen_.idle.begin(), call.nr_cpus, reinterpret_cast<std::uint64_t*>(call.info));
        return 0;
    }

    long machine(Sysctl& call) {
        PhysInfoHead head{};
        head.nr_cpus = static_cast<std::uint32_t>(xen_.idle.size());
        head.cpu_khz = xen_.khz;
        PhysInfoPages pages{};
        pages.total_pages = xen_.pages;
        pages.free_pages = xen_.free_pages;
        if (xen_.sysctl_version == 0x14) {
            call.u.physinfo14 = {head, pages};
        } else {
            call.u.physinfo15 = {head, 0, 0, pages};
        }
        return 0;
    }

    long domctl(Domctl& call) {
        if (call.interface_version != xen_.domctl_version) return -EACCES;
        const auto found = xen_.domains.find(call.domain);
        if (found == xen_.domains.end()) return -ESRCH;
        const FakeDomain& domain = found->second;
        if (call.cmd == domctl_scheduler_op) {
            if (call.u.scheduler.scheduler != domain.scheduler) return -EINVAL;
            call.u.scheduler.weight = domain.weight;
            call.u.scheduler.cap = domain.cap;
            return 0;
        }
        if (call.cmd != domctl_getvcpuinfo) return -ENOSYS;
        if (call.u.vcpu.vcpu >= domain.vcpus.size()) return -ESRCH;
        call.u.vcpu = domain.vcpus[call.u.vcpu.vcpu];
        return 0;
    }

    FakeXen& xen_;
};

}  // namespace

FakeDomain fake_domain(std::uint16_t domid, std::uint32_t vcpus) {
    constexpr std::uint64_t second = 1'000'000'000;
    FakeDomain domain;
    domain.info.domain = domid;
    domain.info.flags = flag_blocked;
    domain.info.tot_pages = 32'768;
    domain.info.max_pages = 33'024;
    domain.info.nr_online_vcpus = vcpus;
    domain.info.max_vcpu_id = vcpus - 1;
    domain.info.cpu_time = vcpus * second;
    if (domid != 0) domain.info.handle = {0x20, 0xc3, 0x2b, 0x6e, 0xe7, 0x57, 0x11, 0xf1, 0xb2, 0x6f};
    domain.info.handle[14] = static_cast<std::uint8_t>(domid >> 8);
    domain.info.handle[15] = static_cast<std::uint8_t>(domid);
    for (std::uint32_t i = 0; i < vcpus; ++i) {
        domain.vcpus.push_back({.vcpu = i, .online = 1, .blocked = 1, .running = 0, .cpu_time = second, .cpu = i});
    }
    return domain;
}

std::unique_ptr<xen::Privcmd> FakeXen::privcmd() { return std::make_unique<FakePrivcmd>(*this); }

}  // namespace virtscope::test
