// The disks of an appliance, made by qemu-img.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstddef>
#include <filesystem>

#include "core/fd.h"
#include "core/text.h"
#include "drivers/qemu/definitions/image.h"
#include "drivers/qemu/definitions/spawn.h"
#include "drivers/qemu/definitions/store.h"

namespace virtscope::qemu {
namespace {

constexpr const char* qemu_img = "/usr/bin/qemu-img";

// An image from somebody else may name any file of this host as what lies below it, and the guest would read that.
Result<> check_base(const ImageDisk& disk) {
    if (disk.base_format == "raw") return {};
    const Fd file(::open(disk.base.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return fail_errno(errno, "{}", printable(disk.base));
    unsigned char head[80] = {};
    if (::pread(file.get(), head, sizeof head, 0) != static_cast<ssize_t>(sizeof head)) {
        return fail(ErrorKind::malformed, "{}: is no {} image", printable(disk.base), disk.base_format);
    }
    if (disk.base_format == "vmdk") {
        // Only the sparse kind has all its data inside; a text names files.
        if (std::string_view(reinterpret_cast<const char*>(head), 4) == "KDMV") return {};
        return fail(ErrorKind::unsupported, "{}: a vmdk that names other files; convert it to qcow2",
                    printable(disk.base));
    }
    if (std::string_view(reinterpret_cast<const char*>(head), 4) != "QFI\xfb") {
        return fail(ErrorKind::malformed, "{}: is no {} image", printable(disk.base), disk.base_format);
    }
    bool others = false;
    for (std::size_t i = 8; i < 16; ++i) others = others || head[i] != 0;  // where the name of its backing file is
    const bool version3 = head[7] >= 3;
    others = others || (version3 && (head[79] & 4) != 0);  // an external data file
    if (others)
        return fail(ErrorKind::malformed, "{}: reads another file of this host; convert it to one that stands alone",
                    printable(disk.base));
    return {};
}

Result<> make_disk(const ImagePlan& plan, const ImageDisk& disk, std::chrono::steady_clock::time_point deadline) {
    std::vector<std::string> argv{qemu_img, "create", "-q", "-f", "qcow2"};
    if (!disk.base.empty()) {
        if (auto sound = check_base(disk); !sound) return sound;
        for (const std::string& word : {std::string("-b"), disk.base, std::string("-F"), disk.base_format})
            argv.push_back(word);
    }
    argv.push_back(disk.path);
    if (disk.bytes != 0) argv.push_back(std::to_string(disk.bytes));
    const std::string log = plan.disk_folder + "/log";
    const auto made = run_program(argv, log, deadline);
    if (!made) return std::unexpected(made.error());
    const auto said = read_small_file(log, 65536);
    ::unlink(log.c_str());
    if (*made) return {};
    return fail(ErrorKind::system, "{}",
                said && !said->empty() ? printable(*said, 400) : std::string("qemu-img does not say why"));
}

}  // namespace

Result<> make_disks(const ImagePlan& plan, std::chrono::steady_clock::time_point deadline) {
    if (auto parent = make_folders(plan.disk_folder.substr(0, plan.disk_folder.rfind('/'))); !parent) return parent;
    // 0711: a QEMU that does not run as root opens its own disks below, and sees no others.
    if (::mkdir(plan.disk_folder.c_str(), 0711) != 0) {
        if (errno != EEXIST) return fail_errno(errno, "make folder {}", printable(plan.disk_folder));
        return fail(ErrorKind::busy,
                    "{} is there already, with an earlier guest's disks; remove it, or choose another name",
                    printable(plan.disk_folder));
    }
    for (const ImageDisk& disk : plan.disks) {
        if (!disk.made) continue;
        if (auto made = make_disk(plan, disk, deadline); !made) {
            remove_disks(plan);
            return made;
        }
    }
    return {};
}

void remove_disks(const ImagePlan& plan) {
    std::error_code ignored;  // what cannot be removed is told by the next deploy of this name
    std::filesystem::remove_all(plan.disk_folder, ignored);
}

}  // namespace virtscope::qemu
