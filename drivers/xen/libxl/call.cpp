#include "drivers/xen/libxl/call.h"

namespace virtscope::libxl {

Result<Domain> find_domain(const Call& call) {
    Domain domain;
    const auto id = static_cast<std::uint32_t>(call.order.target.local_id);
    const int code = libxl_domain_info(call.context, domain.get(), id);
    if (code == ERROR_DOMAIN_NOTFOUND) return fail(ErrorKind::absent, "the run that was meant has ended");
    if (code != 0) return call.failed(code, "Xen does not tell its state");
    if (!domain.is_host() && uuid_of(domain->uuid) != call.order.target.uuid) {
        return fail(ErrorKind::absent, "the run that was meant has ended, its number {} is another guest's by now", id);
    }
    return domain;
}

Result<Domain> find_guest(const Call& call) {
    auto domain = find_domain(call);
    if (domain && domain->is_host()) {
        return fail(ErrorKind::unsupported,
                    "Domain-0 is the host itself: only setmem and setvcpus are done to it, not {}",
                    verb_name(call.order.verb));
    }
    return domain;
}

Result<Config> configuration_of(const Call& call, const Domain& domain) {
    Config config;
    const int code = libxl_retrieve_domain_configuration(call.context, domain.id(), config.get(), nullptr);
    if (code == 0) return config;
    return call.failed(code, "its configuration is not to be had");
}

}  // namespace virtscope::libxl
