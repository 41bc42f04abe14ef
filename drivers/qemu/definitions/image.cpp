#include "drivers/qemu/definitions/image.h"

#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <map>

#include "core/text.h"
#include "drivers/qemu/definitions/domain_xml.h"
#include "drivers/qemu/definitions/subset.h"
#include "drivers/qemu/definitions/xml.h"

namespace virtscope::qemu {
namespace {

struct StoredDisk {
    ImageDisk disk;
    bool iso = false;
};
using Storage = std::map<std::string, StoredDisk, std::less<>>;

// A file of the description: below its folder, whatever it says.
std::string file_below(const Element& at, Subset& subset, const std::string& folder, std::string_view name) {
    const bool leaves = name.empty() || name.starts_with('/') || name == ".." || name.starts_with("../") ||
                        name.ends_with("/..") || name.find("/../") != std::string_view::npos;
    if (leaves)
        subset.refuse(at, ErrorKind::malformed,
                      fmt::format("file \"{}\" is not below the description's folder", printable(name)));
    return subset.path(at, folder + "/" + std::string(name));
}

// What has a file is laid over it, be it a system's or a user's: the appliance can be deployed again.
void read_disk(const Element& element, Subset& subset, const ImageSource& source, const std::string& disk_folder,
               Storage& to) {
    subset.only(element, {"file", "id", "use", "format", "size"});
    const std::string use = subset.one_of(element, "use", element.value("use"), {"", "system", "user", "scratch"});
    std::string format =
        subset.one_of(element, "format", element.value("format"), {"", "raw", "iso", "qcow", "qcow2", "vmdk"});
    if (format.empty()) format = "raw";
    StoredDisk made;
    made.iso = format == "iso";
    const bool has_file = element.attribute("file") != nullptr;
    const std::string file =
        has_file ? file_below(element, subset, source.folder, element.value("file")) : std::string();
    const std::string id(element.attribute("id") != nullptr ? element.value("id") : element.value("file"));
    if (element.attribute("size") != nullptr) {
        made.disk.bytes = subset.number(element, element.value("size"), 1, std::uint64_t{16} << 20) << 20;
    }
    if (made.iso) {
        made.disk.path = file;
        made.disk.made = false;
    } else {
        made.disk.path = fmt::format("{}/disk{}.qcow2", disk_folder, to.size());
        // Of a scratch disk only the size counts; a user's may have nothing in it yet.
        const bool base = has_file && use != "scratch" && (use != "user" || ::access(file.c_str(), F_OK) == 0);
        if (base) made.disk.base = file;
        made.disk.base_format = format;
        if (!base && made.disk.bytes == 0)
            subset.refuse(element, ErrorKind::malformed, "<disk> has neither a file nor a size (in MB)");
    }
    if (id.empty()) subset.refuse(element, ErrorKind::malformed, "<disk> has neither an id nor a file");
    if (!to.emplace(id, std::move(made)).second)
        subset.refuse(element, ErrorKind::malformed, fmt::format("two disks are called {}", printable(id, 64)));
}

bool suits(const Element& boot) {
    const Element* guest = boot.child("guest");
    const std::string_view arch = guest != nullptr ? guest->text_of("arch") : std::string_view();
    return boot.value("type") == "hvm" && (arch.empty() || arch == "x86_64" || arch == "i686");
}

// The first boot descriptor that this host can have; null: a fault.
const Element* choose_boot(const Element& domain, Subset& subset) {
    const Element* found = nullptr;
    for (const Element& child : domain.children) {
        if (child.name != "boot") continue;
        subset.only(child, {"type"}, {"guest", "os", "drive"});
        if (found == nullptr && suits(child)) found = &child;
    }
    if (found == nullptr)
        subset.refuse(domain, ErrorKind::unsupported,
                      "no <boot type='hvm'> for x86_64 or i686: nothing that QEMU can boot here");
    return found;
}

Element leaf(std::string name, std::string text, std::vector<std::pair<std::string, std::string>> attributes = {}) {
    return {std::move(name), 0, std::move(attributes), std::move(text), {}};
}

Element branch(std::string name, std::vector<Element> children,
               std::vector<std::pair<std::string, std::string>> attributes = {}) {
    return {std::move(name), 0, std::move(attributes), {}, std::move(children)};
}

std::string_view arch_of(const Element& boot, Subset& subset) {
    const Element* guest = boot.child("guest");
    if (guest == nullptr) return "x86_64";
    subset.only(*guest, {}, {"arch", "features"});
    if (const Element* features = guest->child("features")) subset.only(*features, {}, {"acpi", "apic", "pae"});
    return guest->text_of("arch") == "i686" ? "i686" : "x86_64";
}

Element os_of(const Element& boot, Subset& subset, const ImageSource& source) {
    Element os = branch("os", {leaf("type", "hvm", {{"arch", std::string(arch_of(boot, subset))}})});
    const Element* from = boot.child("os");
    if (from == nullptr) return os;
    subset.only(*from, {}, {"loader", "kernel", "initrd", "cmdline"});
    if (const Element* loader = from->child("loader")) {
        subset.only(*loader, {"dev"});
        os.children.push_back(leaf(
            "boot", {}, {{"dev", subset.one_of(*loader, "dev", loader->value("dev"), {"hd", "cdrom", "network"})}}));
    }
    for (const char* name : {"kernel", "initrd"}) {
        if (const Element* file = from->child(name))
            os.children.push_back(leaf(name, file_below(*file, subset, source.folder, file->text)));
    }
    if (from->child("cmdline") != nullptr)
        os.children.push_back(leaf("cmdline", std::string(from->text_of("cmdline"))));
    return os;
}

// Drives are named as the image's author tried them, "hda": without a target they follow each other.
void add_drives(const Element& boot, Subset& subset, const Storage& storage, Element& devices, ImagePlan& plan) {
    unsigned number = 0;
    for (const Element& drive : boot.children) {
        if (drive.name != "drive") continue;
        subset.only(drive, {"disk", "target"});
        const auto stored = storage.find(drive.value("disk"));
        if (stored == storage.end()) {
            return subset.refuse(drive, ErrorKind::malformed,
                                 fmt::format("<storage> has no disk \"{}\"", printable(drive.value("disk"), 64)));
        }
        if (number > 25) return subset.refuse(drive, ErrorKind::malformed, "more than 26 drives");
        const std::string next = fmt::format("hd{}", static_cast<char>('a' + number++));
        const bool iso = stored->second.iso;
        const std::string target =
            drive.attribute("target") != nullptr ? subset.word(drive, drive.value("target"), 16) : next;
        devices.children.push_back(
            branch("disk",
                   {leaf("driver", {}, {{"name", "qemu"}, {"type", iso ? "raw" : "qcow2"}}),
                    leaf("source", {}, {{"file", stored->second.disk.path}}), leaf("target", {}, {{"dev", target}})},
                   {{"type", "file"}, {"device", iso ? "cdrom" : "disk"}}));
        if (std::ranges::find(plan.disks, stored->second.disk.path, &ImageDisk::path) != plan.disks.end()) {
            return subset.refuse(drive, ErrorKind::malformed, "two drives have one disk");
        }
        plan.disks.push_back(stored->second.disk);
    }
}

void add_devices(const Element* from, Subset& subset, Element& domain, Element& devices) {
    std::uint64_t memory = 0;
    std::uint64_t vcpus = 1;
    if (from != nullptr) {
        subset.only(*from, {}, {"vcpu", "memory", "interface", "graphics"});
        if (const Element* vcpu = from->child("vcpu")) vcpus = subset.number(*vcpu, vcpu->text, 1, 4096);
        if (const Element* size = from->child("memory"))
            memory = subset.number(*size, size->text, 1024, std::uint64_t{1} << 34);
    }
    domain.children.push_back(
        leaf("memory", std::to_string(memory != 0 ? memory : std::uint64_t{512} << 10), {{"unit", "KiB"}}));
    domain.children.push_back(leaf("vcpu", std::to_string(vcpus)));
    domain.children.push_back(branch("features", {leaf("acpi", {}), leaf("apic", {})}));
    if (from == nullptr) return;
    for (const Element& device : from->children) {
        if (device.name == "interface") {
            subset.only(device, {"type"});
            subset.one_of(device, "type", device.value("type"), {"", "user", "network"});
            devices.children.push_back(
                branch("interface", {leaf("model", {}, {{"type", "e1000"}})}, {{"type", "user"}}));
        } else if (device.name == "graphics") {
            subset.only(device, {"type"});
            subset.one_of(device, "type", device.value("type"), {"", "vnc"});
            devices.children.push_back(leaf("graphics", {}, {{"type", "vnc"}, {"autoport", "yes"}}));
            if (devices.child("video") == nullptr)
                devices.children.push_back(branch("video", {leaf("model", {}, {{"type", "vga"}})}));
        }
    }
}

Result<> check_files(const ImagePlan& plan) {
    for (const ImageDisk& disk : plan.disks) {
        const std::string& file = disk.made ? disk.base : disk.path;
        if (!file.empty() && ::access(file.c_str(), R_OK) != 0) return fail_errno(errno, "{}", printable(file));
    }
    return {};
}

void read_storage(const Element& image, Subset& subset, const ImageSource& source, const std::string& disk_folder,
                  Storage& to) {
    const Element* storage = image.child("storage");
    if (storage == nullptr) return;
    subset.only(*storage, {}, {"disk"});
    for (const Element& disk : storage->children) read_disk(disk, subset, source, disk_folder, to);
}

}  // namespace

Result<ImagePlan> plan_image(const ImageSource& source) {
    const auto image = read_xml(source.text);
    if (!image) return std::unexpected(image.error());
    if (image->name != "image")
        return fail(ErrorKind::malformed, "line {}: <{}> is no <image>", image->line, printable(image->name, 64));
    Subset subset;
    subset.only(*image, {}, {"label", "name", "description", "domain", "storage"});
    if (const Element* name = image->child("name")) subset.only(*name, {"version", "release"});
    ImagePlan plan;
    plan.name = source.name.empty() ? std::string(image->text_of("name")) : source.name;
    if (auto valid = check_guest_name(plan.name); !valid) return std::unexpected(valid.error());
    plan.disk_folder = source.disk_parent + "/" + plan.name;
    const Element* from = image->child("domain");
    if (from == nullptr) return fail(ErrorKind::malformed, "line {}: <image> has no <domain>", image->line);
    subset.only(*from, {}, {"boot", "devices"});
    Storage storage;
    read_storage(*image, subset, source, plan.disk_folder, storage);
    const Element* boot = choose_boot(*from, subset);
    if (boot == nullptr || subset.fault()) return std::unexpected(*subset.fault());
    const bool kvm = ::access("/dev/kvm", R_OK | W_OK) == 0;
    Element domain =
        branch("domain", {leaf("name", plan.name), os_of(*boot, subset, source)}, {{"type", kvm ? "kvm" : "qemu"}});
    Element devices = branch("devices", {});
    add_drives(*boot, subset, storage, devices, plan);
    add_devices(from->child("devices"), subset, domain, devices);
    domain.children.push_back(std::move(devices));
    subset.nothing_else(*image);
    if (subset.fault()) return std::unexpected(*subset.fault());
    plan.xml = write_xml(domain);
    if (auto there = check_files(plan); !there) return std::unexpected(there.error());
    return plan;
}

}  // namespace virtscope::qemu
