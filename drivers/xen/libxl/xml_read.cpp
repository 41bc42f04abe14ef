#include "core/text.h"
#include "drivers/qemu/definitions/domain_size.h"
#include "drivers/qemu/definitions/domain_xml.h"
#include "drivers/qemu/definitions/subset.h"
#include "drivers/xen/libxl/xml.h"
#include "drivers/xen/libxl/xml_devices.h"

namespace virtscope::libxl {
namespace {

using qemu::Element;
using qemu::Subset;

void read_identity(const Element& domain, Subset& subset, libxl_domain_config& to) {
    subset.one_of(domain, "type", domain.value("type"), {"xen"});
    const std::string name(domain.text_of("name"));
    if (auto valid = qemu::check_guest_name(name); !valid)
        subset.refuse(domain, valid.error().kind, valid.error().message);
    set_text(to.c_info.name, name);
    libxl_uuid_generate(&to.c_info.uuid);
    const Element* const written = domain.child("uuid");
    if (written == nullptr) return;
    const auto uuid = Uuid::parse(written->text);
    if (!uuid || uuid->is_nil())
        subset.refuse(*written, ErrorKind::malformed, "<uuid> is not like 6b9c2f9e-0c0e-4b7c-9a55-3f1d9e0a7c11");
    set_uuid(to.c_info.uuid, uuid.value_or(Uuid{}));
}

libxl_domain_type read_type(const Element* os, Subset& subset) {
    const Element* const type = os == nullptr ? nullptr : os->child("type");
    if (type == nullptr) return LIBXL_DOMAIN_TYPE_PV;
    subset.only(*type, {"arch", "machine"});
    subset.one_of(*type, "arch", type->value("arch"), {"", "x86_64"});
    subset.one_of(*type, "machine", type->value("machine"), {"", "xenpv", "xenpvh", "xenfv"});
    const std::string said = subset.one_of(*type, "type", type->text, {"xen", "linux", "xenpvh", "hvm"});
    if (said == "hvm") return LIBXL_DOMAIN_TYPE_HVM;
    return said == "xenpvh" ? LIBXL_DOMAIN_TYPE_PVH : LIBXL_DOMAIN_TYPE_PV;
}

void read_boot_devices(const Element& os, Subset& subset, libxl_domain_config& to) {
    std::string letters;
    for (const Element& boot : os.children) {
        if (boot.name != "boot") continue;
        subset.only(boot, {"dev"});
        const std::string device = subset.one_of(boot, "dev", boot.value("dev"), {"hd", "cdrom", "network"});
        letters += device == "hd" ? 'c' : device == "cdrom" ? 'd' : 'n';
        if (to.c_info.type != LIBXL_DOMAIN_TYPE_HVM)
            subset.refuse(boot, ErrorKind::unsupported, "<boot> is of guests of type hvm");
    }
    if (!letters.empty() && to.c_info.type == LIBXL_DOMAIN_TYPE_HVM) set_text(to.b_info.u.hvm.boot, letters);
}

void read_os(const Element& domain, Subset& subset, libxl_domain_config& to) {
    const Element* const os = domain.child("os");
    set_type(to, read_type(os, subset));
    if (const Element* program = domain.child("bootloader"))
        set_text(to.b_info.bootloader, subset.path(*program, program->text));
    if (os != nullptr) {
        subset.only(*os, {}, {"type", "boot", "kernel", "initrd", "cmdline"});
        if (const Element* kernel = os->child("kernel")) set_text(to.b_info.kernel, subset.path(*kernel, kernel->text));
        if (const Element* initrd = os->child("initrd"))
            set_text(to.b_info.ramdisk, subset.path(*initrd, initrd->text));
        if (const Element* line = os->child("cmdline")) set_text(to.b_info.cmdline, line->text);
        read_boot_devices(*os, subset, to);
    }
    const bool itself = to.c_info.type == LIBXL_DOMAIN_TYPE_HVM;
    if (!itself && to.b_info.kernel == nullptr && to.b_info.bootloader == nullptr)
        subset.refuse(domain, ErrorKind::malformed, "neither <kernel> in <os> nor <bootloader>: the guest cannot boot");
    if (to.b_info.kernel != nullptr && to.b_info.bootloader != nullptr)
        subset.refuse(domain, ErrorKind::malformed, "<bootloader> cannot be there with <kernel>");
}

void read_size(const Element& domain, Subset& subset, libxl_domain_config& to) {
    const Element* const memory = domain.child("memory");
    if (memory == nullptr) return subset.refuse(domain, ErrorKind::malformed, "<memory> is missing");
    const std::uint64_t maximum = qemu::read_memory(*memory, subset) >> 10;
    std::uint64_t now = maximum;
    if (const Element* current = domain.child("currentMemory")) now = qemu::read_memory(*current, subset) >> 10;
    if (maximum < 1024) subset.refuse(*memory, ErrorKind::malformed, "<memory> is less than 1 MiB");
    if (now > maximum) subset.refuse(*memory, ErrorKind::malformed, "<currentMemory> is more than <memory>");
    set_memory(to, maximum, now);
    unsigned vcpus = 1, most = 1;
    if (const Element* vcpu = domain.child("vcpu")) {
        subset.only(*vcpu, {"current", "placement"});
        subset.one_of(*vcpu, "placement", vcpu->value("placement"), {"", "static"});
        most = static_cast<unsigned>(subset.number(*vcpu, vcpu->text, 1, 512));
        vcpus = most;
        if (vcpu->attribute("current") != nullptr)
            vcpus = static_cast<unsigned>(subset.number(*vcpu, vcpu->value("current"), 1, most));
    }
    set_vcpus(to, most, vcpus);
}

void read_actions(const Element& domain, Subset& subset, libxl_domain_config& to) {
    for (const EndAction& known : usual_actions(to)) {
        const Element* const element = domain.child(known.name);
        if (element == nullptr) continue;
        const std::string said =
            subset.one_of(*element, "action", element->text,
                          {"destroy", "restart", "rename-restart", "preserve", "coredump-destroy", "coredump-restart"});
        if (const auto action = action_named(said)) *known.action = *action;
    }
}

}  // namespace

Result<Config> read_xml_config(std::string_view text) {
    const auto domain = qemu::read_xml(text);
    if (!domain) return std::unexpected(domain.error());
    if (domain->name != "domain")
        return fail(ErrorKind::malformed, "line {}: <{}> is no <domain>", domain->line, printable(domain->name, 64));
    Subset subset;
    Config made;
    subset.only(*domain, {"type"},
                {"name", "uuid", "memory", "currentMemory", "vcpu", "os", "bootloader", "devices", "on_poweroff",
                 "on_reboot", "on_crash"});
    read_identity(*domain, subset, *made.get());
    read_os(*domain, subset, *made.get());
    read_size(*domain, subset, *made.get());
    read_actions(*domain, subset, *made.get());
    if (const Element* devices = domain->child("devices")) read_devices(*devices, subset, *made.get());
    subset.nothing_else(*domain);
    if (subset.fault()) return std::unexpected(*subset.fault());
    return made;
}

}  // namespace virtscope::libxl
