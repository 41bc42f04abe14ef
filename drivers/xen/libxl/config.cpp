#include "drivers/xen/libxl/config.h"

#include <sys/stat.h>
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/text.h"

namespace virtscope::libxl {
namespace {

Result<> check_file(const char* path, std::string_view what) {
    struct stat found{};
    if (path == nullptr || *path != '/' || ::stat(path, &found) == 0) return {};
    return fail_errno(errno, "{} {}", what, printable(path));
}

}  // namespace

Config& Config::operator=(Config&& other) noexcept {
    if (this != &other) {
        libxl_domain_config_dispose(&config_);
        config_ = other.config_;
        libxl_domain_config_init(&other.config_);
    }
    return *this;
}

Uuid Config::uuid() const { return uuid_of(config_.c_info.uuid); }

void set_text(char*& field, std::string_view text) {
    std::free(field);
    field = ::strndup(text.data(), text.size());
    if (field == nullptr) std::abort();
}

void set_uuid(libxl_uuid& field, const Uuid& uuid) { std::ranges::copy(uuid.bytes, libxl_uuid_bytearray(&field)); }

Uuid uuid_of(const libxl_uuid& field) {
    Uuid uuid;
    std::copy_n(libxl_uuid_bytearray_const(&field), uuid.bytes.size(), uuid.bytes.begin());
    return uuid;
}

void make_bitmap(libxl_bitmap& bitmap, unsigned bits) {
    libxl_bitmap_dispose(&bitmap);
    bitmap.size = (bits + 7) / 8;
    bitmap.map = static_cast<std::uint8_t*>(std::calloc(bitmap.size, 1));
    if (bitmap.map == nullptr) std::abort();
}

void set_type(libxl_domain_config& config, libxl_domain_type type) {
    config.c_info.type = type;
    libxl_domain_build_info_init_type(&config.b_info, type);
}

void set_memory(libxl_domain_config& config, std::uint64_t maximum, std::uint64_t now) {
    config.b_info.max_memkb = maximum;
    config.b_info.target_memkb = now;
}

void set_vcpus(libxl_domain_config& config, unsigned maximum, unsigned now) {
    config.b_info.max_vcpus = static_cast<int>(maximum);
    make_bitmap(config.b_info.avail_vcpus, maximum);
    for (unsigned i = 0; i < now; ++i) libxl_bitmap_set(&config.b_info.avail_vcpus, static_cast<int>(i));
}

std::string name_of(libxl_domain_type type) {
    if (type == LIBXL_DOMAIN_TYPE_HVM) return "HVM";
    return type == LIBXL_DOMAIN_TYPE_PVH ? "PVH" : "PV";
}

std::array<EndAction, 5> usual_actions(libxl_domain_config& config) {
    config.on_poweroff = config.on_crash = config.on_watchdog = LIBXL_ACTION_ON_SHUTDOWN_DESTROY;
    config.on_reboot = LIBXL_ACTION_ON_SHUTDOWN_RESTART;
    config.on_soft_reset = LIBXL_ACTION_ON_SHUTDOWN_SOFT_RESET;
    return {{{"on_poweroff", &config.on_poweroff},
             {"on_reboot", &config.on_reboot},
             {"on_crash", &config.on_crash},
             {"on_watchdog", &config.on_watchdog},
             {"on_soft_reset", &config.on_soft_reset}}};
}

// libxenlight writes them with _ and calls one otherwise.
Result<libxl_action_on_shutdown> action_named(std::string_view name) {
    std::string theirs(name);
    std::ranges::replace(theirs, '-', '_');
    if (theirs == "rename_restart") theirs = "restart_rename";
    libxl_action_on_shutdown action{};
    if (libxl_action_on_shutdown_from_string(theirs.c_str(), &action) == 0) return action;
    return fail(
        ErrorKind::malformed,
        "\"{}\" is none of destroy, restart, rename-restart, preserve, coredump-destroy, coredump-restart, soft-reset",
        printable(name, 32));
}

std::string name_of(libxl_action_on_shutdown action) {
    if (action == LIBXL_ACTION_ON_SHUTDOWN_RESTART_RENAME) return "rename-restart";
    std::string name = text_of(libxl_action_on_shutdown_to_string(action));
    std::ranges::replace(name, '_', '-');
    return name;
}

Result<> check_files(const libxl_domain_config& config) {
    const libxl_domain_build_info& build = config.b_info;
    if (auto there = check_file(build.kernel, "kernel"); !there) return there;
    if (auto there = check_file(build.ramdisk, "ramdisk"); !there) return there;
    if (auto there = check_file(build.bootloader, "bootloader"); !there) return there;
    for (int i = 0; i < config.num_disks; ++i) {
        const libxl_device_disk& disk = config.disks[i];
        if (disk.script != nullptr || disk.format == LIBXL_DISK_FORMAT_EMPTY)
            continue;  // what a script takes is its own
        const std::string what = "disk " + printable(text_of(disk.vdev), 32);
        if (auto there = check_file(disk.pdev_path, what); !there) return there;
    }
    return {};
}

Result<Config> config_from_json(libxl_ctx* context, const std::string& json) {
    Config made;
    if (libxl_domain_config_from_json(context, made.get(), json.c_str()) != 0 || made.name().empty()) {
        return fail(ErrorKind::malformed,
                    "its configuration cannot be read: it is damaged, or of another version of Xen");
    }
    return made;
}

}  // namespace virtscope::libxl
