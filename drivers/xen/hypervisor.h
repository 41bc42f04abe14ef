// Hypervisor: what Xen itself tells of its domains and its machine. All domains take one hypercall a tick, all vCPUs of all
// domains another (a multicall).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "drivers/xen/abi.h"
#include "drivers/xen/privcmd.h"

namespace virtscope::xen {

struct Machine {
    std::uint32_t cpus = 0;    // online
    std::uint64_t hertz = 0;   // 0: unknown
    std::uint64_t memory = 0;  // bytes
    std::uint64_t free = 0;    // bytes that no domain has or has been promised, as xl info has it
};

struct VcpuQuestion {
    std::uint16_t domain = 0;
    std::uint32_t vcpu = 0;
};

// Of the credit and credit2 schedulers.
struct Share {
    std::uint16_t weight = 0;
    std::optional<std::uint16_t> cap;  // percent of one CPU; none: no limit
};

class Hypervisor {
public:
    // Finds out which version of the interface it speaks. Errors: denied (not root of Domain-0), unsupported (a version
    // that is not known here; names it as far as it can).
    static Result<Hypervisor> open(std::unique_ptr<Privcmd> privcmd);

    // All domains by domid; valid until the next call. Errors: what Xen refused.
    Result<std::span<const abi::DomainInfo>> domains();

    // One answer a question, in their order; none: that domain or vCPU is gone. Valid until the next call. Errors: as domains().
    Result<std::span<const std::optional<abi::VcpuInfo>>> vcpus(std::span<const VcpuQuestion> questions);

    Result<Machine> machine();
    // Time each of the machine's CPUs was idle since boot, ns, by number of the CPU (those that are offline too). Valid
    // until the next call.
    Result<std::span<const std::uint64_t>> idle_times();

    // None: its scheduler knows no weights, or the domain is gone.
    std::optional<Share> share(std::uint16_t domain);

private:
    explicit Hypervisor(std::unique_ptr<Privcmd> privcmd) : privcmd_(std::move(privcmd)) {}
    Result<> find_sysctl_version();
    Result<> find_domctl_version();
    long sysctl(std::uint32_t cmd);
    long domctl(std::uint32_t cmd, std::uint16_t domain);
    Result<> grow(HyperMemory& memory, std::size_t size);
    abi::Sysctl& sysctl_page() { return *page_.at<abi::Sysctl>(0); }
    abi::Domctl& domctl_page() { return *page_.at<abi::Domctl>(sizeof(abi::Sysctl)); }

    std::unique_ptr<Privcmd> privcmd_;
    std::uint32_t sysctl_version_ = 0;
    std::uint32_t domctl_version_ = 0;
    HyperMemory page_;     // one sysctl and one domctl
    HyperMemory domains_;  // what getdomaininfolist fills
    HyperMemory idle_;
    HyperMemory calls_;    // a multicall: its entries, then their domctls
    std::vector<std::optional<abi::VcpuInfo>> answers_;
};

}  // namespace virtscope::xen
