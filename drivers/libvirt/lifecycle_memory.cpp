// Verbs about how much a guest has.
#include <climits>

#include "core/text.h"
#include "drivers/libvirt/lifecycle_verbs.h"

namespace virtscope::libvirt {
namespace {

// What changes: the run, or of a guest that is off the definition.
unsigned affected(const Guest& guest) {
    return guest.active ? unsigned{VIR_DOMAIN_AFFECT_LIVE} : unsigned{VIR_DOMAIN_AFFECT_CONFIG};
}

}  // namespace

Result<Answer> do_setmem(const Call& call) {
    const std::uint64_t kib = call.order().bytes >> 10;
    if (kib == 0) return fail(ErrorKind::malformed, "memory of {} bytes; at least 1 KiB is needed", call.order().bytes);
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    const std::uint64_t maximum = call.library.virDomainGetMaxMemory(guest->domain.get());
    if (maximum == 0) return call.failed("its maximum memory cannot be read");
    if (kib > maximum) {
        return fail(ErrorKind::malformed, "{} is more than its maximum of {}; change <memory> while it is off",
                    human_bytes(kib << 10), human_bytes(maximum << 10));
    }
    virDomainInfo now{};
    const bool known = call.library.virDomainGetInfo(guest->domain.get(), &now) == 0;
    // Of a running guest it is what the balloon has come to, not what was asked of it: asking again does no harm.
    if (!guest->active && known && now.memory == kib) return already("has " + human_bytes(kib << 10));
    const std::string size = human_bytes(kib << 10);
    return act(call, "have its memory set to " + size, "memory set to " + size,
               [&] { return call.library.virDomainSetMemoryFlags(guest->domain.get(), kib, affected(*guest)); });
}

Result<Answer> do_setvcpus(const Call& call) {
    const unsigned count = call.order().count;
    if (count == 0) return fail(ErrorKind::malformed, "a guest needs at least one vCPU");
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    const unsigned flags = affected(*guest);
    const int maximum = call.library.virDomainGetVcpusFlags(guest->domain.get(), flags | VIR_DOMAIN_VCPU_MAXIMUM);
    if (maximum < 0) return call.failed("its maximum of vCPUs cannot be read");
    if (count > static_cast<unsigned>(maximum)) {
        return fail(ErrorKind::malformed, "{} vCPUs are more than its maximum of {}; change <vcpu> while it is off", count,
                    maximum);
    }
    const int now = call.library.virDomainGetVcpusFlags(guest->domain.get(), flags);
    if (now < 0) return call.failed("its vCPUs cannot be counted");
    if (static_cast<unsigned>(now) == count) return already(fmt::format("has {} vCPUs", count));
    return act(call, fmt::format("be given {} vCPUs", count), fmt::format("has {} vCPUs", count),
               [&] { return call.library.virDomainSetVcpusFlags(guest->domain.get(), count, flags); });
}

}  // namespace virtscope::libvirt
