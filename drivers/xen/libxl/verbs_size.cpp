// Verbs about how much a domain has.
#include <algorithm>
#include <charconv>

#include "core/text.h"
#include "drivers/xen/libxl/store.h"
#include "drivers/xen/libxl/verbs.h"

namespace virtscope::libxl {
namespace {

constexpr std::uint64_t least_guest = std::uint64_t{4} << 10;  // KiB: with less no kernel lives
constexpr std::uint64_t least_host = std::uint64_t{256} << 10;

// KiB that its page tables were made for; none: not known.
std::optional<std::uint64_t> most_memory(const Domain& domain) {
    const auto written = store_value(fmt::format("/local/domain/{}/memory/static-max", domain.id()));
    std::uint64_t value = 0;
    if (!written || std::from_chars(written->data(), written->data() + written->size(), value).ec != std::errc() ||
        value == 0) {
        return std::nullopt;
    }
    return value;
}

Result<> check_target(const Domain& domain, std::uint64_t kib) {
    const std::uint64_t least = domain.is_host() ? least_host : least_guest;
    if (kib < least) {
        return fail(ErrorKind::malformed, "{} is too little{}: at least {}", human_bytes(kib << 10),
                    domain.is_host() ? " for Domain-0" : "", human_bytes(least << 10));
    }
    const auto most = most_memory(domain);
    if (!most || kib <= *most) return {};
    return fail(ErrorKind::malformed, "{} is more than its maximum of {}; create it with a larger maxmem",
                human_bytes(kib << 10), human_bytes(*most << 10));
}

}  // namespace

Result<Answer> do_setmem(const Call& call) {
    const std::uint64_t kib = call.order.bytes >> 10;
    const auto domain = find_domain(call);
    if (!domain) return std::unexpected(domain.error());
    if (auto sane = check_target(*domain, kib); !sane) return std::unexpected(sane.error());
    if ((*domain)->shutdown || (*domain)->dying)
        return fail(ErrorKind::busy, "has ended and gives no memory back; destroy it");
    const std::string size = human_bytes(kib << 10);
    if (call.order.dry_run) return said("would have its memory target set to " + size);
    // As xl mem-set does: Xen holds the guest to it, too.
    const int code = libxl_set_memory_target(call.context, domain->id(), static_cast<std::int64_t>(kib), 0, 1);
    if (code != 0) return call.failed(code, "its memory target cannot be set");
    return said("memory target set to " + size);
}

Result<Answer> do_setvcpus(const Call& call) {
    const unsigned count = call.order.count;
    if (count == 0) return fail(ErrorKind::malformed, "a guest needs at least one vCPU");
    const auto domain = find_domain(call);
    if (!domain) return std::unexpected(domain.error());
    const unsigned most = (*domain)->vcpu_max_id + 1;
    if (count > most) {
        return fail(ErrorKind::malformed, "{} vCPUs are more than its maximum of {}; create it with a larger maxvcpus",
                    count, most);
    }
    if ((*domain)->shutdown || (*domain)->dying) return fail(ErrorKind::busy, "has ended");
    if ((*domain)->vcpu_online == count) return already(fmt::format("has {} vCPUs", count));
    if (call.order.dry_run) return said(fmt::format("would be given {} vCPUs", count));
    libxl_bitmap on;
    libxl_bitmap_init(&on);
    make_bitmap(on, most);
    for (unsigned i = 0; i < count; ++i) libxl_bitmap_set(&on, static_cast<int>(i));
    const int code = libxl_set_vcpuonline(call.context, domain->id(), &on, nullptr);
    libxl_bitmap_dispose(&on);
    if (code != 0) return call.failed(code, "its vCPUs cannot be set");
    return said(fmt::format("was asked to use {} vCPUs", count));
}

}  // namespace virtscope::libxl
