#include "drivers/qemu/command_line.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace virtscope::qemu {
namespace {

constexpr std::size_t max_arguments = 1 << 16;
constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

// qemu-options.hx: the options without a value, of all versions since 2.0; every other one takes one.
constexpr std::array<std::string_view, 42> without_value{
    "h", "help", "version", "enable-kvm", "no-kvm", "daemonize", "nodefaults", "no-user-config", "nodefconfig",
    "nographic", "snapshot", "S", "s", "full-screen", "no-acpi", "no-hpet", "no-reboot", "no-shutdown", "no-quit",
    "usb", "rtc-td-hack", "win2k-hack", "no-fd-bootchk", "old-param", "only-migratable", "mem-prealloc", "preconfig",
    "singlestep", "one-insn-per-tb", "xen-attach", "xen-domid-restrict", "enable-sync-profile", "semihosting",
    "alt-grab", "ctrl-grab", "no-frame", "curses", "sdl", "portrait", "show-cursor", "localtime", "tdf"};

unsigned number(std::string_view text) {
    unsigned value = 0;
    (void)std::from_chars(text.data(), text.data() + text.size(), value);  // none or garbage: stays 0
    return value;
}

Accelerator accelerator_of(std::string_view name) {
    const std::string_view first = name.substr(0, name.find(':'));
    if (first == "kvm") return Accelerator::kvm;
    if (first == "tcg") return Accelerator::tcg;
    return first.empty() ? Accelerator::unknown : Accelerator::other;
}

void set_memory(CommandLine& line, std::string_view value) {
    const std::uint64_t bytes = parse_size(Options::parse(value, "size").get("size"), mebibyte);
    if (bytes != 0) line.memory = bytes;
}

void set_cpus(CommandLine& line, std::string_view value) {
    const Options options = Options::parse(value, "cpus");
    unsigned product = 1;
    for (const char* part : {"drawers", "books", "sockets", "dies", "clusters", "modules", "cores", "threads"}) {
        product *= std::clamp(number(options.get(part)), 1U, 1024U);
        product = std::min(product, 65536U);
    }
    const unsigned given = number(options.get("cpus"));
    const unsigned max = number(options.get("maxcpus"));
    line.cpus = given != 0 ? given : max != 0 ? max : product;
    line.max_cpus = std::max(max != 0 ? max : product, line.cpus);
}

void set_machine(CommandLine& line, std::string_view value) {
    const Options options = Options::parse(value, "type");
    if (options.has("type")) line.machine = options.get("type");
    if (options.has("accel")) line.accelerator = accelerator_of(options.get("accel"));
}

void set_name(CommandLine& line, std::string_view value) {
    const Options options = Options::parse(value, "guest");
    if (options.has("guest")) line.name = options.get("guest");
}

void add_monitor(CommandLine& line, std::string_view value) {
    Options options = Options::parse(value, "chardev");
    if (options.get("mode") == "control") line.control_monitors.push_back(std::move(options));
}

void add_net(CommandLine& line, std::string_view value) {
    const Options options = Options::parse(value, "type");
    const std::string type(options.get("type"));
    // -net nic and -nic none describe the guest's side, or nothing.
    if (type.empty() || type == "nic" || type == "none" || type == "hubport") return;
    std::string id(options.get("id"));
    if (id.empty()) id = type + "." + std::to_string(line.nets.size());
    line.nets.push_back({std::move(id), type, std::string(options.get("ifname")), std::string(options.get("br"))});
}

// -hda FILE and the bare FILE are short for -drive.
void add_image(CommandLine& line, std::string_view index, std::string_view media, std::string_view file) {
    std::string value = "if=ide,index=" + std::string(index) + ",media=" + std::string(media) + ",file=";
    for (const char c : file) value += c == ',' ? ",," : std::string(1, c);
    line.drives.push_back(Options::parse(value, {}));
}

struct Handler {
    std::string_view option;
    void (*apply)(CommandLine&, std::string_view);
};

constexpr std::array handlers{
    Handler{"name", set_name},
    Handler{"uuid", [](CommandLine& line, std::string_view value) { line.uuid = Uuid::parse(value); }},
    Handler{"m", set_memory},
    Handler{"smp", set_cpus},
    Handler{"machine", set_machine},
    Handler{"M", set_machine},
    Handler{"accel", [](CommandLine& line, std::string_view value) {
                // The first -accel is tried first.
                if (line.accelerator == Accelerator::unknown) {
                    line.accelerator = accelerator_of(Options::parse(value, "accel").get("accel"));
                }
            }},
    Handler{"action", [](CommandLine& line, std::string_view value) {
                const Options options = Options::parse(value, {});
                if (options.has("reboot")) line.resets = options.get("reboot") == "reset";
            }},
    Handler{"xen-domid", [](CommandLine& line, std::string_view) { line.serves_xen = true; }},
    Handler{"qmp", [](CommandLine& line, std::string_view value) { line.qmp.emplace_back(value); }},
    Handler{"qmp-pretty", [](CommandLine& line, std::string_view value) { line.qmp.emplace_back(value); }},
    Handler{"mon", add_monitor},
    Handler{"chardev", [](CommandLine& line, std::string_view value) {
                line.chardevs.push_back(Options::parse(value, "backend"));
            }},
    Handler{"device", [](CommandLine& line, std::string_view value) {
                line.devices.push_back(Options::parse(value, "driver"));
            }},
    Handler{"drive", [](CommandLine& line, std::string_view value) {
                line.drives.push_back(Options::parse(value, {}));
            }},
    Handler{"blockdev", [](CommandLine& line, std::string_view value) {
                line.blockdevs.push_back(Options::parse(value, "driver"));
            }},
    Handler{"vnc", [](CommandLine& line, std::string_view value) { line.vnc.push_back(Options::parse(value, "vnc")); }},
    Handler{"display", [](CommandLine& line, std::string_view value) {
                if (value.starts_with("vnc=")) line.vnc.push_back(Options::parse(value, "vnc"));
            }},
    Handler{"spice", [](CommandLine& line, std::string_view value) {
                line.spice.push_back(Options::parse(value, {}));
            }},
    Handler{"object", [](CommandLine& line, std::string_view value) {
                line.objects.push_back(Options::parse(value, "qom-type"));
            }},
    Handler{"netdev", add_net},
    Handler{"nic", add_net},
    Handler{"net", add_net},
    Handler{"hda", [](CommandLine& line, std::string_view value) { add_image(line, "0", "disk", value); }},
    Handler{"hdb", [](CommandLine& line, std::string_view value) { add_image(line, "1", "disk", value); }},
    Handler{"hdc", [](CommandLine& line, std::string_view value) { add_image(line, "2", "disk", value); }},
    Handler{"hdd", [](CommandLine& line, std::string_view value) { add_image(line, "3", "disk", value); }},
    Handler{"cdrom", [](CommandLine& line, std::string_view value) { add_image(line, "2", "cdrom", value); }},
};

void apply(CommandLine& line, std::string_view option, std::string_view value) {
    const auto handler = std::ranges::find(handlers, option, &Handler::option);
    if (handler != handlers.end()) handler->apply(line, value);
}

}  // namespace

std::vector<std::string_view> split_arguments(std::string_view cmdline) {
    std::vector<std::string_view> arguments;
    while (!cmdline.empty() && arguments.size() < max_arguments) {
        const std::size_t end = std::min(cmdline.find('\0'), cmdline.size());
        arguments.push_back(cmdline.substr(0, end));
        cmdline.remove_prefix(std::min(end + 1, cmdline.size()));
    }
    return arguments;
}

CommandLine parse_command_line(std::string_view cmdline) {
    CommandLine line;
    const auto arguments = split_arguments(cmdline);
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        std::string_view option = arguments[i];
        if (!option.starts_with('-')) {
            add_image(line, "0", "disk", option);
            continue;
        }
        option.remove_prefix(option.starts_with("--") ? 2 : 1);
        if (std::ranges::find(without_value, option) != without_value.end()) {
            if (option == "enable-kvm") line.accelerator = Accelerator::kvm;
            if (option == "daemonize") line.daemonize = true;
            if (option == "no-reboot") line.resets = false;
            if (option == "xen-attach") line.serves_xen = true;
        } else if (i + 1 < arguments.size()) {
            apply(line, option, arguments[++i]);
        }
    }
    if (line.uuid && line.uuid->is_nil()) line.uuid.reset();
    return line;
}

}  // namespace virtscope::qemu
