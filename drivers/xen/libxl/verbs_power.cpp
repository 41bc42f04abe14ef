// Verbs about a domain's state as a whole.
#include "core/text.h"
#include "drivers/xen/libxl/verbs.h"

namespace virtscope::libxl {
namespace {

bool has_ended(const Domain& domain) { return domain->shutdown || domain->dying; }

// Why it cannot be resumed, saved or asked for anything; empty: it is not over with it.
std::string end_of(const Domain& domain) {
    if (domain->dying) return "is being destroyed";
    if (!domain->shutdown) return {};
    if (domain->shutdown_reason == LIBXL_SHUTDOWN_REASON_CRASH) return "has crashed";
    if (domain->shutdown_reason == LIBXL_SHUTDOWN_REASON_SUSPEND) return "is being saved";
    return "has shut down";
}

std::unexpected<Error> no_mode(const Order& order, std::string_view known) {
    return fail(ErrorKind::unsupported, "{} knows no mode {}; use {} or none", verb_name(order.verb),
                printable(order.mode, 32), known);
}

Result<Answer> power_button(const Call& call, const Domain& domain) {
    if (domain->domain_type != LIBXL_DOMAIN_TYPE_HVM) {
        return fail(ErrorKind::unsupported, "is a {} guest and has no ACPI power button; use --mode paravirt",
                    name_of(domain->domain_type));
    }
    const int code = libxl_send_trigger(call.context, domain.id(), LIBXL_TRIGGER_POWER, 0, nullptr);
    if (code != 0) return call.failed(code, "its power button cannot be pressed");
    return said("was asked to power off by its ACPI power button");
}

}  // namespace

Result<Answer> do_shutdown(const Call& call) {
    const std::string& mode = call.order.mode;
    if (!mode.empty() && mode != "paravirt" && mode != "acpi") return no_mode(call.order, "paravirt, acpi");
    const auto domain = find_guest(call);
    if (!domain && domain.error().kind == ErrorKind::absent) return already("has ended");
    if (!domain) return std::unexpected(domain.error());
    if (has_ended(*domain)) return already(end_of(*domain));
    if ((*domain)->paused)
        return fail(ErrorKind::busy, "is paused and cannot shut itself down; resume it first, or destroy it");
    if (mode == "acpi" && domain->is_pv()) return power_button(call, *domain);
    if (call.order.dry_run) return said("would be asked to power off");
    if (mode == "acpi") return power_button(call, *domain);
    const int code = libxl_domain_shutdown(call.context, domain->id(), nullptr);
    if (code == ERROR_NOPARAVIRT && mode.empty()) return power_button(call, *domain);
    if (code == ERROR_NOPARAVIRT)
        return fail(ErrorKind::unsupported, "has no paravirtual drivers that would hear it; use --mode acpi");
    if (code != 0) return call.failed(code, "cannot be asked to power off");
    return said("was asked to power off");
}

Result<Answer> do_reboot(const Call& call) {
    if (!call.order.mode.empty() && call.order.mode != "paravirt") return no_mode(call.order, "paravirt");
    const auto domain = find_guest(call);
    if (!domain) return std::unexpected(domain.error());
    if (has_ended(*domain))
        return fail(ErrorKind::busy, "{} and cannot restart itself; create it again", end_of(*domain));
    if ((*domain)->paused) return fail(ErrorKind::busy, "is paused and cannot restart itself; resume it first");
    if (call.order.dry_run) return said("would be asked to restart");
    const int code = libxl_domain_reboot(call.context, domain->id(), nullptr);
    if (code == ERROR_NOPARAVIRT)
        return fail(ErrorKind::unsupported, "has no paravirtual drivers that would hear it; restart it from inside");
    if (code != 0) return call.failed(code, "cannot be asked to restart");
    return said("was asked to restart");
}

Result<Answer> do_destroy(const Call& call) {
    if (!call.order.mode.empty())
        return fail(ErrorKind::unsupported, "destroy knows no mode {} on Xen", printable(call.order.mode, 32));
    const auto domain = find_guest(call);
    if (!domain && domain.error().kind == ErrorKind::absent) return already("has ended");
    if (!domain) return std::unexpected(domain.error());
    if ((*domain)->dying) return already("is being destroyed");
    if (call.order.dry_run) return said(fmt::format("would end domain {}", domain->id()));
    call.output.under_way();  // its devices may take longer to go than anybody waits to be heard
    const int code = libxl_domain_destroy(call.context, domain->id(), nullptr);
    if (code == ERROR_DOMAIN_NOTFOUND) return already("has ended");
    if (code != 0) return call.failed(code, "cannot be destroyed");
    return said("ended");
}

Result<Answer> do_suspend(const Call& call) {
    const auto domain = find_guest(call);
    if (!domain) return std::unexpected(domain.error());
    if ((*domain)->paused) return already("is paused");
    if (has_ended(*domain)) return fail(ErrorKind::busy, "{}: there is nothing to suspend", end_of(*domain));
    if (call.order.dry_run) return said("would be paused");
    const int code = libxl_domain_pause(call.context, domain->id(), nullptr);
    if (code != 0) return call.failed(code, "cannot be paused");
    return said("paused");
}

Result<Answer> do_resume(const Call& call) {
    const auto domain = find_guest(call);
    if (!domain) return std::unexpected(domain.error());
    if (has_ended(*domain)) return fail(ErrorKind::busy, "{}: only destroy helps", end_of(*domain));
    if (!(*domain)->paused) return already("is running");
    if (call.order.dry_run) return said("would be resumed");
    const int code = libxl_domain_unpause(call.context, domain->id(), nullptr);
    if (code != 0) return call.failed(code, "cannot be resumed");
    return said("runs");
}

}  // namespace virtscope::libxl
