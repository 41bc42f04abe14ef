// Verbs about removable media, which only guests with an emulated machine have.
#include <sys/stat.h>
#include <cerrno>

#include "core/text.h"
#include "drivers/xen/libxl/verbs.h"

namespace virtscope::libxl {
namespace {

struct Drive {
    std::string name;    // "hdc"
    std::string medium;  // empty: none
};

Result<Drive> choose(const Config& config, const std::string& wanted) {
    std::vector<Drive> fit;
    std::string names;
    for (int i = 0; i < config->num_disks; ++i) {
        const libxl_device_disk& disk = config->disks[i];
        const std::string name = text_of(disk.vdev);
        if (!wanted.empty() && name == wanted && disk.is_cdrom == 0) {
            return fail(ErrorKind::unsupported, "{} is a disk, not a CD-ROM", printable(name, 32));
        }
        if (disk.is_cdrom == 0) continue;
        names += (names.empty() ? "" : ", ") + printable(name, 32);
        if (wanted.empty() || name == wanted) {
            fit.push_back({name, disk.format == LIBXL_DISK_FORMAT_EMPTY ? "" : text_of(disk.pdev_path)});
        }
    }
    if (names.empty()) return fail(ErrorKind::absent, "has no CD-ROM; create it with one, as hdc:cdrom in its disk");
    if (fit.empty()) return fail(ErrorKind::absent, "has no drive {}; it has {}", printable(wanted, 32), names);
    if (fit.size() > 1) return fail(ErrorKind::malformed, "has several drives, say which: {}", names);
    return fit.front();
}

Result<Drive> find_drive(const Call& call, const Domain& domain) {
    if (domain->domain_type != LIBXL_DOMAIN_TYPE_HVM) {
        return fail(ErrorKind::unsupported, "is a {} guest: only HVM guests have CD-ROM drives whose medium can change",
                    name_of(domain->domain_type));
    }
    const auto config = configuration_of(call, domain);
    if (!config) return std::unexpected(config.error());
    return choose(*config, call.order.device);
}

Result<> put(const Call& call, const Domain& domain, const Drive& drive, const std::string& path) {
    libxl_device_disk disk;
    libxl_device_disk_init(&disk);
    set_text(disk.vdev, drive.name);
    set_text(disk.pdev_path, path);
    disk.format = path.empty() ? LIBXL_DISK_FORMAT_EMPTY : LIBXL_DISK_FORMAT_RAW;
    disk.is_cdrom = 1;
    disk.removable = 1;
    call.output.under_way();
    const int code = libxl_cdrom_insert(call.context, domain.id(), &disk, nullptr);
    libxl_device_disk_dispose(&disk);
    if (code != 0)
        return call.failed(code, fmt::format("the medium of {} cannot be changed", printable(drive.name, 32)));
    return {};
}

}  // namespace

Result<Answer> do_change_media(const Call& call) {
    const std::string& path = call.order.path;
    struct stat found{};
    if (!path.starts_with('/')) return fail(ErrorKind::malformed, "the image needs an absolute path");
    if (::stat(path.c_str(), &found) != 0) return fail_errno(errno, "image {}", printable(path));
    const auto domain = find_guest(call);
    if (!domain) return std::unexpected(domain.error());
    const auto drive = find_drive(call, *domain);
    if (!drive) return std::unexpected(drive.error());
    const std::string name = printable(drive->name, 32);
    if (drive->medium == path) return already(name + " has that medium");
    if (call.order.dry_run) return said(fmt::format("would have the medium of {} changed", name));
    if (auto done = put(call, *domain, *drive, path); !done) return std::unexpected(done.error());
    return said(name + " has a new medium");
}

Result<Answer> do_eject(const Call& call) {
    const auto domain = find_guest(call);
    if (!domain) return std::unexpected(domain.error());
    const auto drive = find_drive(call, *domain);
    if (!drive) return std::unexpected(drive.error());
    const std::string name = printable(drive->name, 32);
    if (drive->medium.empty()) return already(name + " is empty");
    if (call.order.dry_run) return said(fmt::format("would have the medium of {} ejected", name));
    if (auto done = put(call, *domain, *drive, ""); !done) return std::unexpected(done.error());
    return said(name + " is empty");
}

}  // namespace virtscope::libxl
