#include "drivers/qemu/definitions/domain_xml.h"

#include <sys/random.h>
#include <algorithm>
#include <cerrno>

#include "core/text.h"
#include "drivers/qemu/definitions/domain_devices.h"
#include "drivers/qemu/definitions/domain_size.h"
#include "drivers/qemu/definitions/subset.h"

namespace virtscope::qemu {
namespace {

Result<Uuid> random_uuid() {
    Uuid uuid;
    if (::getrandom(uuid.bytes.data(), uuid.bytes.size(), 0) != static_cast<ssize_t>(uuid.bytes.size())) {
        return fail_errno(errno, "random numbers for a UUID");
    }
    uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x40);
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
    return uuid;
}

void read_name(const Element& domain, Subset& subset, Definition& to) {
    to.name = domain.text_of("name");
    if (auto valid = check_guest_name(to.name); !valid)
        subset.refuse(domain, valid.error().kind, valid.error().message);
}

void read_size(const Element& domain, Subset& subset, Definition& to) {
    const Element* memory = domain.child("memory");
    if (memory == nullptr) return subset.refuse(domain, ErrorKind::malformed, "<memory> is missing");
    to.memory = read_memory(*memory, subset);
    if (to.memory < (std::uint64_t{1} << 20))
        subset.refuse(*memory, ErrorKind::malformed, "<memory> is less than 1 MiB");
    to.current_memory = to.memory;
    if (const Element* current = domain.child("currentMemory")) {
        to.current_memory = read_memory(*current, subset);
        if (to.current_memory > to.memory)
            subset.refuse(*current, ErrorKind::malformed, "<currentMemory> is more than <memory>");
    }
    const Element* vcpu = domain.child("vcpu");
    if (vcpu == nullptr) return;
    subset.only(*vcpu, {"current", "placement"});
    subset.one_of(*vcpu, "placement", vcpu->value("placement"), {"", "static"});
    to.max_vcpus = static_cast<unsigned>(subset.number(*vcpu, vcpu->text, 1, 4096));
    to.vcpus = to.max_vcpus;
    if (vcpu->attribute("current") != nullptr) {
        to.vcpus = static_cast<unsigned>(subset.number(*vcpu, vcpu->value("current"), 1, to.max_vcpus));
    }
}

void read_firmware(const Element& os, Subset& subset, Definition& to) {
    const Element* loader = os.child("loader");
    const Element* nvram = os.child("nvram");
    to.efi = subset.one_of(os, "firmware", os.value("firmware"), {"", "efi", "bios"}) == "efi";
    if (loader != nullptr) {
        subset.only(*loader, {"readonly", "type"});
        subset.one_of(*loader, "readonly", loader->value("readonly"), {"yes"});
        subset.one_of(*loader, "type", loader->value("type"), {"pflash"});
        to.loader = subset.path(*loader, loader->text);
        if (nvram == nullptr) subset.refuse(*loader, ErrorKind::malformed, "<loader> needs an <nvram> with a path");
    }
    if (nvram == nullptr) return;
    if (loader == nullptr && !to.efi)
        subset.refuse(*nvram, ErrorKind::malformed, "<nvram> needs firmware='efi' or a <loader>");
    subset.only(*nvram, {"template"});
    to.nvram = subset.path(*nvram, nvram->text);
    if (nvram->attribute("template") != nullptr) to.nvram_template = subset.path(*nvram, nvram->value("template"));
}

void read_os(const Element& os, Subset& subset, Definition& to) {
    subset.only(os, {"firmware"}, {"type", "boot", "kernel", "initrd", "cmdline", "loader", "nvram"});
    if (const Element* type = os.child("type")) {
        subset.only(*type, {"arch", "machine"});
        subset.one_of(*type, "type", type->text, {"hvm"});
        if (type->attribute("arch") != nullptr)
            to.arch = subset.one_of(*type, "arch", type->value("arch"), {"x86_64", "i686"});
        if (type->attribute("machine") != nullptr) to.machine = subset.word(*type, type->value("machine"), 64);
        if (!to.machine.starts_with("pc") && !to.machine.starts_with("q35")) {
            subset.refuse(*type, ErrorKind::unsupported,
                          fmt::format("machine \"{}\": virtscope knows pc and q35", printable(to.machine, 64)));
        }
    }
    for (const Element& boot : os.children) {
        if (boot.name != "boot") continue;
        subset.only(boot, {"dev"});
        to.boot.push_back(subset.one_of(boot, "dev", boot.value("dev"), {"hd", "cdrom", "network"}));
        if (std::ranges::count(to.boot, to.boot.back()) > 1)
            subset.refuse(boot, ErrorKind::malformed, "<boot> names a device twice");
    }
    if (const Element* kernel = os.child("kernel")) to.kernel = subset.path(*kernel, kernel->text);
    if (const Element* initrd = os.child("initrd")) to.initrd = subset.path(*initrd, initrd->text);
    to.cmdline = os.text_of("cmdline");
    if (to.kernel.empty() && (!to.initrd.empty() || !to.cmdline.empty())) {
        subset.refuse(os, ErrorKind::malformed, "<initrd> and <cmdline> need a <kernel>");
    }
    read_firmware(os, subset, to);
}

void read_cpu(const Element& cpu, Subset& subset, Definition& to) {
    subset.only(cpu, {"mode", "match", "check"}, {"model"});
    const std::string mode =
        subset.one_of(cpu, "mode", cpu.value("mode"), {"", "host-passthrough", "maximum", "custom"});
    if (mode == "host-passthrough") to.cpu = "host";
    if (mode == "maximum") to.cpu = "max";
    const Element* model = cpu.child("model");
    if (model == nullptr) return;
    subset.only(*model, {"fallback"});
    if (!to.cpu.empty()) return subset.refuse(*model, ErrorKind::malformed, "<model> belongs to mode custom only");
    to.cpu = subset.word(*model, model->text, 64);
}

void read_rest(const Element& domain, Subset& subset, Definition& to) {
    if (const Element* features = domain.child("features")) {
        subset.only(*features, {}, {"acpi", "apic"});
        to.acpi = features->child("acpi") != nullptr;
    }
    if (const Element* cpu = domain.child("cpu")) read_cpu(*cpu, subset, to);
    if (const Element* clock = domain.child("clock")) {
        subset.only(*clock, {"offset"});
        to.localtime = subset.one_of(*clock, "offset", clock->value("offset"), {"utc", "localtime"}) == "localtime";
    }
    if (const Element* e = domain.child("on_poweroff"))
        to.poweroff_preserves = subset.one_of(*e, "action", e->text, {"destroy", "preserve"}) == "preserve";
    if (const Element* e = domain.child("on_reboot"))
        to.reboot_destroys = subset.one_of(*e, "action", e->text, {"restart", "destroy"}) == "destroy";
    if (const Element* e = domain.child("on_crash"))
        to.crash_preserves = subset.one_of(*e, "action", e->text, {"destroy", "preserve"}) == "preserve";
}

}  // namespace

Result<> check_guest_name(std::string_view name) {
    const bool bad =
        std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '/'; });
    if (!name.empty() && name.size() <= 200 && !name.starts_with('.') && !bad) return {};
    return fail(
        ErrorKind::malformed,
        "<name> must be there, of at most 200 bytes, without / and control characters, not beginning with a dot");
}

Result<Definition> read_definition(std::string_view text) {
    auto domain = read_xml(text);
    if (!domain) return std::unexpected(domain.error());
    if (domain->name != "domain")
        return fail(ErrorKind::malformed, "line {}: <{}> is no <domain>", domain->line, printable(domain->name, 64));
    Subset subset;
    Definition made;
    subset.only(*domain, {"type"},
                {"name", "uuid", "memory", "currentMemory", "vcpu", "os", "features", "cpu", "clock", "devices",
                 "on_poweroff", "on_reboot", "on_crash"});
    made.accelerated = subset.one_of(*domain, "type", domain->value("type"), {"kvm", "qemu"}) == "kvm";
    read_name(*domain, subset, made);
    if (const Element* uuid = domain->child("uuid")) {
        const auto parsed = Uuid::parse(uuid->text);
        if (!parsed || parsed->is_nil())
            subset.refuse(*uuid, ErrorKind::malformed, "<uuid> is not like 6b9c2f9e-0c0e-4b7c-9a55-3f1d9e0a7c11");
        made.uuid = parsed.value_or(Uuid{});
    } else {
        const auto random = random_uuid();
        if (!random) return std::unexpected(random.error());
        made.uuid = *random;
        domain->children.push_back({"uuid", domain->line, {}, made.uuid.text(), {}});
    }
    read_size(*domain, subset, made);
    if (const Element* os = domain->child("os")) read_os(*os, subset, made);
    read_rest(*domain, subset, made);
    if (const Element* devices = domain->child("devices")) read_devices(*devices, subset, made);
    if (made.current_memory < made.memory && !made.balloon) {
        subset.refuse(*domain, ErrorKind::malformed, "<currentMemory> below <memory> needs a <memballoon>");
    }
    subset.nothing_else(*domain);
    if (subset.fault()) return std::unexpected(*subset.fault());
    made.xml = write_xml(*domain);
    return made;
}

}  // namespace virtscope::qemu
