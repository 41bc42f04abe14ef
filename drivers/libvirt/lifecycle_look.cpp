// Verbs that change nothing.
#include "drivers/libvirt/lifecycle_verbs.h"

namespace virtscope::libvirt {

Result<Answer> do_dumpxml(const Call& call) {
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    const Text xml = own(call.library.virDomainGetXMLDesc(guest->domain.get(), 0));
    if (xml == nullptr) return call.failed("its XML cannot be had");
    return said(xml.get());
}

}  // namespace virtscope::libvirt
