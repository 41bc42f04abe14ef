#include "drivers/xen/rows.h"

#include "drivers/xen/domain.h"

namespace virtscope::xen {

namespace {

// Tool stacks lower Xen's own limit with each target of the balloon: what the guest was given is what it was created with.
std::optional<std::uint64_t> most_memory(const abi::DomainInfo& domain, const DomainFacts* facts) {
    if (facts != nullptr && facts->memory_most) return facts->memory_most;
    if (domain.max_pages >= ~std::uint64_t{0} / abi::page_size) return std::nullopt;
    return domain.max_pages * abi::page_size;
}

}  // namespace

// tot_pages is what the domain has now, which is what its balloon leaves it and what it occupies, both.
void fill_guest(const Slot& slot, const abi::DomainInfo& domain, const DomainFacts* facts, std::int64_t time, Frame& frame) {
    using enum GuestMetric;
    const std::size_t row = slot.guest;
    frame.table(Scope::Guest).row(row).time = time;
    frame.set(row, state, static_cast<std::uint64_t>(state_of_domain(domain)));
    frame.set(row, stale, 0);
    frame.set(row, cpu_time, domain.cpu_time);
    frame.set(row, vcpus, domain.nr_online_vcpus);
    frame.set(row, vcpus_max, vcpus_of(domain));
    frame.set(row, memory_balloon, domain.tot_pages * abi::page_size);
    frame.set(row, memory_resident, domain.tot_pages * abi::page_size);
    if (const auto most = most_memory(domain, facts)) frame.set(row, memory_max, *most);
    const std::int64_t start = start_of(domain, facts);
    if (start > 0) frame.set(row, start_time, static_cast<std::uint64_t>(start));
    if (facts != nullptr && facts->memory_target) frame.set(row, memory_target, *facts->memory_target);
}

void fill_share(const Slot& slot, const std::optional<Share>& share, Frame& frame) {
    constexpr std::uint64_t thousandths_per_percent = 10;
    if (!share) return;
    frame.set(slot.guest, GuestMetric::cpu_weight, share->weight);
    if (share->cap) frame.set(slot.guest, GuestMetric::cpu_cap, *share->cap * thousandths_per_percent);
}

void fill_vcpus(const Slot& slot, std::span<const std::optional<abi::VcpuInfo>> vcpus, std::int64_t time, Frame& frame) {
    for (std::size_t i = 0; i < vcpus.size(); ++i) {
        const std::size_t row = slot.first_vcpu + i;
        frame.table(Scope::Vcpu).row(row).time = time;
        if (!vcpus[i]) continue;
        frame.set(row, VcpuMetric::time, vcpus[i]->cpu_time);
        if (vcpus[i]->online == 0) continue;
        frame.set(row, VcpuMetric::halted, vcpus[i]->blocked != 0 ? 1 : 0);
        frame.set(row, VcpuMetric::cpu, vcpus[i]->cpu);
    }
}

void mark_untold(const Slot& slot, Frame& frame) {
    frame.set(slot.guest, GuestMetric::state, static_cast<std::uint64_t>(GuestState::unknown));
    frame.set(slot.guest, GuestMetric::stale, 1);
    frame.table(Scope::Guest).row(slot.guest).quality = Quality::stale;
}

}  // namespace virtscope::xen
