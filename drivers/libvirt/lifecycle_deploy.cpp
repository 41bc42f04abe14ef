// An appliance under libvirt: its disks, its definition and its first run, as one step.
#include "core/text.h"
#include "drivers/libvirt/lifecycle_verbs.h"
#include "drivers/qemu/definitions/image.h"

namespace virtscope::libvirt {
namespace {

// Where libvirt's own tools put disks: what confines its QEMUs knows the place.
constexpr const char* disk_parent = "/var/lib/libvirt/images";

Result<Answer> define_and_start(const Call& call, const qemu::ImagePlan& plan) {
    const Domain domain = own(call, call.library.virDomainDefineXMLFlags(call.connection, plan.xml.c_str(), 0));
    if (domain == nullptr) return call.failed("cannot be defined");
    if (call.library.virDomainCreate(domain.get()) >= 0) {
        return Answer{false, printable(plan.name) + ": deployed and started", uuid_of(call, domain.get())};
    }
    auto why = call.failed("cannot be started");
    call.library.virDomainUndefineFlags(domain.get(), VIR_DOMAIN_UNDEFINE_KEEP_NVRAM);
    return why;
}

}  // namespace

Result<Answer> do_deploy(const Call& call) {
    if (!call.here || !call.is_qemu())
        return fail(ErrorKind::unsupported, "images are deployed under the QEMU of this host only");
    const Order& order = call.order();
    const auto plan = qemu::plan_image({order.text, order.path, order.name, disk_parent});
    if (!plan) return std::unexpected(plan.error());
    const std::string name = printable(plan->name);
    if (own(call, call.library.virDomainLookupByName(call.connection, plan->name.c_str())) != nullptr) {
        return fail(ErrorKind::busy, "{}: exists already; undefine it, or deploy under another name", name);
    }
    if (order.dry_run)
        return said(fmt::format("{}: would make {} disks, define and start it", name, plan->disks.size()));
    const auto begun = begin(call);
    if (!begun) return std::unexpected(begun.error());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    if (const auto made = qemu::make_disks(*plan, deadline); !made) {
        return fail(made.error().kind, "{}: {}", name, made.error().message);
    }
    auto answer = define_and_start(call, *plan);
    if (answer) return answer;
    qemu::remove_disks(*plan);
    return fail(answer.error().kind, "{}: {}", name, answer.error().message);
}

}  // namespace virtscope::libvirt
