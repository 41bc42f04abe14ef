#include "drivers/xen/hypervisor.h"

#include <algorithm>
#include <cerrno>

namespace virtscope::xen {
namespace {

std::uint64_t address(const void* at) { return reinterpret_cast<std::uint64_t>(at); }

std::unexpected<Error> refused(long result, std::string_view what) {
    return fail_errno(static_cast<int>(-result), "Xen refused {}", what);
}

// EACCES is Xen's word for another version of the interface, EPERM for a domain that may not ask.
std::unexpected<Error> not_known(long result, std::string_view interface) {
    if (result == -EPERM) {
        return fail(ErrorKind::denied, "Xen refused {}: this domain is not privileged; run virtscoped in Domain-0", interface);
    }
    if (result != -EACCES) return refused(result, interface);
    return fail(ErrorKind::unsupported,
                "Xen's {} interface is of a version that virtscope does not know; known are those of Xen 4.16 and later "
                "as of this build: a newer virtscope may know it",
                interface);
}

}  // namespace

Result<Hypervisor> Hypervisor::open(std::unique_ptr<Privcmd> privcmd) {
    Hypervisor xen(std::move(privcmd));
    if (auto page = xen.grow(xen.page_, abi::page_size); !page) return std::unexpected(page.error());
    if (auto found = xen.find_sysctl_version(); !found) return std::unexpected(found.error());
    if (auto found = xen.find_domctl_version(); !found) return std::unexpected(found.error());
    return xen;
}

long Hypervisor::sysctl(std::uint32_t cmd) {
    sysctl_page().cmd = cmd;
    sysctl_page().interface_version = sysctl_version_;
    return privcmd_->call(abi::op_sysctl, {address(&sysctl_page()), 0});
}

long Hypervisor::domctl(std::uint32_t cmd, std::uint16_t domain) {
    domctl_page().cmd = cmd;
    domctl_page().interface_version = domctl_version_;
    domctl_page().domain = domain;
    return privcmd_->call(abi::op_domctl, {address(&domctl_page()), 0});
}

Result<> Hypervisor::find_sysctl_version() {
    long result = -EACCES;
    for (const std::uint32_t version : abi::sysctl_versions) {
        sysctl_version_ = version;
        result = sysctl(abi::sysctl_sched_id);
        if (result != -EACCES) break;
    }
    if (result < 0) return not_known(result, "sysctl");
    return {};
}

// Domain-0 has a first vCPU.
Result<> Hypervisor::find_domctl_version() {
    long result = -EACCES;
    for (const std::uint32_t version : abi::domctl_versions) {
        domctl_version_ = version;
        domctl_page().u.vcpu = {};
        result = domctl(abi::domctl_getvcpuinfo, 0);
        if (result != -EACCES) break;
    }
    if (result < 0) return not_known(result, "domctl");
    return {};
}

Result<> Hypervisor::grow(HyperMemory& memory, std::size_t size) {
    if (memory.size >= size) return {};
    auto larger = privcmd_->memory(size);
    if (!larger) return std::unexpected(larger.error());
    memory = std::move(*larger);
    return {};
}

// Memory for more domains than there were; only where it turns out to be too little the call is made again.
Result<std::span<const abi::DomainInfo>> Hypervisor::domains() {
    constexpr std::size_t at_first = 32;
    if (auto room = grow(domains_, at_first * sizeof(abi::DomainInfo)); !room) return std::unexpected(room.error());
    for (;;) {
        const std::size_t capacity = domains_.size / sizeof(abi::DomainInfo);
        auto* const list = domains_.at<abi::DomainInfo>(0);
        sysctl_page().u.domains = {.first_domain = 0,
                                   .max_domains = static_cast<std::uint32_t>(capacity),
                                   .buffer = address(list),
                                   .num_domains = 0};
        if (const long result = sysctl(abi::sysctl_getdomaininfolist); result < 0) return refused(result, "the list of domains");
        const std::size_t count = std::min<std::size_t>(sysctl_page().u.domains.num_domains, capacity);
        if (count < capacity) return std::span<const abi::DomainInfo>(list, count);
        if (auto room = grow(domains_, domains_.size * 2); !room) return std::unexpected(room.error());
    }
}

Result<std::span<const std::optional<abi::VcpuInfo>>> Hypervisor::vcpus(std::span<const VcpuQuestion> questions) {
    const std::size_t count = questions.size();
    answers_.assign(count, std::nullopt);
    if (count == 0) return answers_;
    const std::size_t entries = count * sizeof(abi::MulticallEntry);
    if (auto room = grow(calls_, entries + count * sizeof(abi::Domctl)); !room) return std::unexpected(room.error());
    auto* const calls = calls_.at<abi::MulticallEntry>(0);
    auto* const domctls = calls_.at<abi::Domctl>(entries);
    for (std::size_t i = 0; i < count; ++i) {
        domctls[i].cmd = abi::domctl_getvcpuinfo;
        domctls[i].interface_version = domctl_version_;
        domctls[i].domain = questions[i].domain;
        domctls[i].u.vcpu = {.vcpu = questions[i].vcpu, .online = 0, .blocked = 0, .running = 0, .cpu_time = 0, .cpu = 0};
        calls[i] = {.op = abi::op_domctl, .result = 0, .arguments = {address(&domctls[i])}};
    }
    const long result = privcmd_->call(abi::op_multicall, {address(calls), count});
    if (result < 0) return refused(result, "the vCPUs of the domains");
    for (std::size_t i = 0; i < count; ++i) {
        if (calls[i].result >= 0) answers_[i] = domctls[i].u.vcpu;
    }
    return answers_;
}

Result<Machine> Hypervisor::machine() {
    if (const long result = sysctl(abi::sysctl_physinfo); result < 0) return refused(result, "the machine's description");
    const auto& u = sysctl_page().u;
    const bool older = sysctl_version_ == 0x14;
    const abi::PhysInfoHead& head = u.physinfo15.head;
    const abi::PhysInfoPages& pages = older ? u.physinfo14.pages : u.physinfo15.pages;
    constexpr std::uint64_t hertz_per_khz = 1000;
    return Machine{.cpus = head.nr_cpus,
                   .hertz = head.cpu_khz * hertz_per_khz,
                   .memory = pages.total_pages * abi::page_size,
                   .free = (pages.free_pages - std::min(pages.outstanding_pages, pages.free_pages)) * abi::page_size};
}

Result<std::span<const std::uint64_t>> Hypervisor::idle_times() {
    constexpr std::size_t at_most = 8192;  // CPUs; Xen of today has up to 4095
    if (auto room = grow(idle_, at_most * sizeof(std::uint64_t)); !room) return std::unexpected(room.error());
    auto* const times = idle_.at<std::uint64_t>(0);
    sysctl_page().u.cpus = {.max_cpus = at_most, .info = address(times), .nr_cpus = 0};
    if (const long result = sysctl(abi::sysctl_getcpuinfo); result < 0) return refused(result, "the times of the CPUs");
    return std::span<const std::uint64_t>(times, std::min<std::size_t>(sysctl_page().u.cpus.nr_cpus, at_most));
}

// A pool of CPUs may have another scheduler than the machine; Xen refuses a question for one that is not the domain's.
std::optional<Share> Hypervisor::share(std::uint16_t domain) {
    for (const std::uint32_t scheduler : {abi::scheduler_credit2, abi::scheduler_credit}) {
        domctl_page().u.scheduler = {.scheduler = scheduler, .cmd = abi::scheduler_getinfo, .weight = 0, .cap = 0};
        if (domctl(abi::domctl_scheduler_op, domain) < 0) continue;
        const abi::SchedulerOp& op = domctl_page().u.scheduler;
        return Share{op.weight, op.cap == 0 ? std::nullopt : std::optional(op.cap)};
    }
    return std::nullopt;
}

}  // namespace virtscope::xen
