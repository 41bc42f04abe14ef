// Verbs about a guest's removable media.
#include <sys/stat.h>
#include <cerrno>

#include "core/text.h"
#include "drivers/libvirt/lifecycle_verbs.h"
#include "drivers/libvirt/lifecycle_xml.h"

namespace virtscope::libvirt {
namespace {

struct Drive {
    XmlDocument document;     // owns the element
    xmlNode* disk = nullptr;  // <disk>
    std::string name;         // "hdc", printable

    bool has_medium() const { return xml_child(disk, "source") != nullptr; }
    std::string medium() const {
        const xmlNode* const source = xml_child(disk, "source");
        const std::string file = xml_attribute(source, "file");
        return file.empty() ? xml_attribute(source, "dev") : file;
    }
};

bool is_removable(const std::string& kind) { return kind == "cdrom" || kind == "floppy"; }

// The drive meant among those of `document`: any of the name given, else the only CD-ROM.
Result<Drive> choose(XmlDocument document, const std::string& wanted) {
    const xmlNode* const devices = xml_child(xmlDocGetRootElement(document.get()), "devices");
    std::vector<Drive> fit;
    std::string names;
    for (xmlNode* const disk : xml_children(devices, "disk")) {
        const std::string target = xml_attribute(xml_child(disk, "target"), "dev");
        const std::string kind = xml_attribute(disk, "device");
        if (!wanted.empty() && target == wanted && !is_removable(kind)) {
            return fail(ErrorKind::unsupported, "{} is a disk, not a CD-ROM or floppy", printable(target, 64));
        }
        if (!is_removable(kind)) continue;
        names += (names.empty() ? "" : ", ") + printable(target, 64);
        if (wanted.empty() ? kind == "cdrom" : target == wanted) {
            fit.push_back({{nullptr, xmlFreeDoc}, disk, printable(target, 64)});
        }
    }
    if (names.empty()) return fail(ErrorKind::absent, "has no CD-ROM; add a <disk device='cdrom'>");
    if (fit.empty()) return fail(ErrorKind::absent, "has no drive {}; it has {}", printable(wanted, 64), names);
    if (fit.size() > 1) return fail(ErrorKind::malformed, "has several drives, say which: {}", names);
    fit.front().document = std::move(document);
    return std::move(fit.front());
}

Result<Drive> find_drive(const Call& call, const Guest& guest) {
    const Text xml = own(call.library.virDomainGetXMLDesc(guest.domain.get(), 0));
    if (xml == nullptr) return call.failed("its XML cannot be had");
    auto document = parse_domain(xml.get());
    if (!document) return std::unexpected(document.error());
    return choose(std::move(*document), call.order().device);
}

const xmlChar* chars(const char* text) { return reinterpret_cast<const xmlChar*>(text); }

// <disk> without what belongs to the medium that is in it.
void empty(xmlNode* disk) {
    for (const char* const name : {"source", "backingStore", "mirror"}) {
        while (xmlNode* const node = xml_child(disk, name)) {
            xmlUnlinkNode(node);
            xmlFreeNode(node);
        }
    }
}

void insert(xmlNode* disk, const std::string& path, bool is_device) {
    empty(disk);
    xmlSetProp(disk, chars("type"), chars(is_device ? "block" : "file"));
    xmlNode* const source = xmlNewChild(disk, nullptr, chars("source"), nullptr);
    xmlSetProp(source, chars(is_device ? "dev" : "file"), chars(path.c_str()));
}

Result<Answer> update(const Call& call, const Guest& guest, const Drive& drive, const std::string& deed,
                      const std::string& done) {
    unsigned flags = guest.active ? unsigned{VIR_DOMAIN_AFFECT_LIVE} : unsigned{VIR_DOMAIN_AFFECT_CONFIG};
    if (call.order().force) flags |= VIR_DOMAIN_DEVICE_MODIFY_FORCE;
    const std::string xml = xml_dump(drive.disk);
    auto answer = act(call, deed, done, [&] {
        return call.library.virDomainUpdateDeviceFlags(guest.domain.get(), xml.c_str(), flags);
    });
    if (!answer && answer.error().message.find("is locked") != std::string::npos) {
        return fail(ErrorKind::busy, "the guest keeps {} locked; unmount it there, or use --force", drive.name);
    }
    return answer;
}

// What is wrong with the image where we can see it.
Result<bool> is_device(const Call& call) {
    const std::string& path = call.order().path;
    struct stat status {};
    if (!path.starts_with('/')) return fail(ErrorKind::malformed, "the image needs an absolute path");
    if (!call.here) return false;
    if (::stat(path.c_str(), &status) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return fail(ErrorKind::absent, "no image {}", printable(path));
        return false;  // libvirt may see what we may not
    }
    if (S_ISBLK(status.st_mode)) return true;
    if (!S_ISREG(status.st_mode)) return fail(ErrorKind::malformed, "{} is no image: neither file nor disk", printable(path));
    return false;
}

}  // namespace

Result<Answer> do_change_media(const Call& call) {
    const auto device = is_device(call);
    if (!device) return std::unexpected(device.error());
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    const auto drive = find_drive(call, *guest);
    if (!drive) return std::unexpected(drive.error());
    if (drive->medium() == call.order().path) return already(drive->name + " has that medium");
    insert(drive->disk, call.order().path, *device);
    return update(call, *guest, *drive, fmt::format("have the medium of {} changed", drive->name),
                  drive->name + " has a new medium");
}

Result<Answer> do_eject(const Call& call) {
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    const auto drive = find_drive(call, *guest);
    if (!drive) return std::unexpected(drive.error());
    if (!drive->has_medium()) return already(drive->name + " is empty");
    empty(drive->disk);
    return update(call, *guest, *drive, fmt::format("have the medium of {} ejected", drive->name), drive->name + " is empty");
}

}  // namespace virtscope::libvirt
