#include "core/text.h"
#include "drivers/qemu/definitions/domain_xml.h"
#include "drivers/xen/libxl/cfg_read.h"
#include "drivers/xen/libxl/cpu_list.h"

namespace virtscope::libxl {
namespace {

constexpr std::uint64_t most_mib = std::uint64_t{16} << 20;
constexpr std::uint64_t most_vcpus = 512;

void read_identity(Cfg& cfg, libxl_domain_config& to) {
    const std::string name = cfg.text("name").value_or("");
    if (auto valid = qemu::check_guest_name(name); !valid) {
        cfg.refuse("name", ErrorKind::malformed,
                   name.empty() ? "is missing" : "has /, a control character, a dot first, or over 200 bytes");
    }
    set_text(to.c_info.name, name);
    libxl_uuid_generate(&to.c_info.uuid);
    if (const auto written = cfg.text("uuid")) {
        const auto uuid = Uuid::parse(*written);
        if (!uuid || uuid->is_nil())
            cfg.refuse("uuid", ErrorKind::malformed, "is not like 6b9c2f9e-0c0e-4b7c-9a55-3f1d9e0a7c11");
        set_uuid(to.c_info.uuid, uuid.value_or(Uuid{}));
    }
    if (const auto pool = cfg.text("pool")) set_text(to.c_info.pool_name, *pool);
}

void read_type(Cfg& cfg, libxl_domain_config& to) {
    const auto type = cfg.text("type");
    const auto builder = cfg.text("builder");  // the older way to say it
    if (type && builder) cfg.refuse("builder", ErrorKind::malformed, "type says it already");
    const std::string said = type.value_or(builder.value_or("pv"));
    if (said == "pv" || said == "linux" || said == "generic") return set_type(to, LIBXL_DOMAIN_TYPE_PV);
    if (said == "hvm") return set_type(to, LIBXL_DOMAIN_TYPE_HVM);
    if (said == "pvh") return set_type(to, LIBXL_DOMAIN_TYPE_PVH);
    cfg.refuse(type ? "type" : "builder", ErrorKind::malformed,
               fmt::format("\"{}\" is none of pv, pvh, hvm", printable(said, 32)));
    set_type(to, LIBXL_DOMAIN_TYPE_PV);
}

void read_command_line(Cfg& cfg, libxl_domain_config& to) {
    const auto whole = cfg.text("cmdline");
    const auto root = cfg.text("root");
    const auto extra = cfg.text("extra");
    if (whole && (root || extra))
        return cfg.refuse("cmdline", ErrorKind::malformed, "cannot be there with root or extra");
    if (!whole && !root && !extra) return;
    std::string line = whole.value_or(root ? "root=" + *root : "");
    if (extra) line += (line.empty() ? "" : " ") + *extra;
    set_text(to.b_info.cmdline, line);
}

void read_boot(Cfg& cfg, libxl_domain_config& to) {
    if (const auto kernel = cfg.text("kernel")) set_text(to.b_info.kernel, *kernel);
    if (const auto ramdisk = cfg.text("ramdisk")) set_text(to.b_info.ramdisk, *ramdisk);
    if (const auto program = cfg.text("bootloader")) set_text(to.b_info.bootloader, *program);
    const auto arguments = cfg.list("bootloader_args");
    if (!arguments.empty()) {
        to.b_info.bootloader_args = static_cast<char**>(std::calloc(arguments.size() + 1, sizeof(char*)));
        for (std::size_t i = 0; i < arguments.size(); ++i) set_text(to.b_info.bootloader_args[i], arguments[i]);
    }
    read_command_line(cfg, to);
    const bool itself = to.c_info.type == LIBXL_DOMAIN_TYPE_HVM;
    if (!itself && to.b_info.kernel == nullptr && to.b_info.bootloader == nullptr) {
        cfg.refuse("kernel", ErrorKind::malformed, "is missing, and so is bootloader: the guest cannot boot");
    }
    if (to.b_info.kernel != nullptr && to.b_info.bootloader != nullptr) {
        cfg.refuse("bootloader", ErrorKind::malformed, "cannot be there with kernel");
    }
}

void read_size(Cfg& cfg, libxl_domain_config& to) {
    const auto memory = cfg.number("memory", 1, most_mib);
    const auto maximum = cfg.number("maxmem", 1, most_mib);
    if (!memory && !maximum) return cfg.refuse("memory", ErrorKind::malformed, "is missing");
    if (memory && maximum && *maximum < *memory) cfg.refuse("maxmem", ErrorKind::malformed, "is less than memory");
    set_memory(to, maximum.value_or(memory.value_or(0)) << 10, memory.value_or(maximum.value_or(0)) << 10);
    const auto vcpus = cfg.number("vcpus", 1, most_vcpus);
    const auto most = cfg.number("maxvcpus", 1, most_vcpus);
    if (vcpus && most && *most < *vcpus) cfg.refuse("maxvcpus", ErrorKind::malformed, "is less than vcpus");
    set_vcpus(to, static_cast<unsigned>(most.value_or(vcpus.value_or(1))),
              static_cast<unsigned>(vcpus.value_or(most.value_or(1))));
}

void pin(const std::vector<unsigned>& cpus, libxl_domain_build_info& to) {
    for (int i = 0; i < to.max_vcpus; ++i) {
        libxl_bitmap& of_vcpu = append(to.vcpu_hard_affinity, to.num_vcpu_hard_affinity, libxl_bitmap_init);
        make_bitmap(of_vcpu, cpus.back() + 1);
        for (const unsigned cpu : cpus) libxl_bitmap_set(&of_vcpu, static_cast<int>(cpu));
    }
}

void read_scheduling(Cfg& cfg, libxl_domain_config& to) {
    if (const auto weight = cfg.number("cpu_weight", 1, 65535))
        to.b_info.sched_params.weight = static_cast<int>(*weight);
    if (const auto cap = cfg.number("cap", 0, 100 * most_vcpus)) to.b_info.sched_params.cap = static_cast<int>(*cap);
    const auto written = cfg.text("cpus");
    if (!written) return;
    const auto cpus = read_cpu_list(*written);
    if (!cpus) return cfg.refuse("cpus", cpus.error().kind, cpus.error().message);
    if (cpus->empty()) return;
    libxl_defbool_set(&to.b_info.numa_placement, false);
    pin(*cpus, to.b_info);
}

void read_actions(Cfg& cfg, libxl_domain_config& to) {
    for (const EndAction& key : usual_actions(to)) {
        const auto written = cfg.text(key.name);
        if (!written) continue;
        const auto action = action_named(*written);
        if (action)
            *key.action = *action;
        else
            cfg.refuse(key.name, action.error().kind, action.error().message);
    }
}

// What only a guest with firmware and an emulated machine has; of others these keys are not asked for, so they are
// refused.
void read_machine(Cfg& cfg, libxl_domain_config& to) {
    if (to.c_info.type != LIBXL_DOMAIN_TYPE_HVM) return;
    auto& hvm = to.b_info.u.hvm;
    if (const auto boot = cfg.text("boot")) set_text(hvm.boot, *boot);
    if (const auto serial = cfg.text("serial")) set_text(hvm.serial, *serial);
    if (const auto device = cfg.text("usbdevice")) set_text(hvm.usbdevice, *device);
    if (const auto on = cfg.yes("usb")) libxl_defbool_set(&hvm.usb, *on);
    if (const auto on = cfg.yes("acpi")) libxl_defbool_set(&to.b_info.acpi, *on);
    if (const auto on = cfg.yes("apic")) libxl_defbool_set(&to.b_info.apic, *on);
    if (const auto on = cfg.yes("hap")) libxl_defbool_set(&to.c_info.hap, *on);
    if (const auto on = cfg.yes("localtime")) libxl_defbool_set(&to.b_info.localtime, *on);
}

}  // namespace

Result<Config> read_cfg(std::string_view text) {
    auto cfg = Cfg::read(text);
    if (!cfg) return std::unexpected(cfg.error());
    Config made;
    read_type(*cfg, *made.get());
    read_identity(*cfg, *made.get());
    read_boot(*cfg, *made.get());
    read_size(*cfg, *made.get());
    read_scheduling(*cfg, *made.get());
    read_actions(*cfg, *made.get());
    read_machine(*cfg, *made.get());
    read_cfg_devices(*cfg, *made.get());
    read_cfg_display(*cfg, *made.get());
    cfg->nothing_else();
    if (cfg->fault()) return std::unexpected(*cfg->fault());
    return made;
}

}  // namespace virtscope::libxl
