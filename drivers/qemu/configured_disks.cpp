// Disks as the command line describes them, under the names that the monitor would give them.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "drivers/qemu/guest.h"

namespace virtscope::qemu {
namespace {

std::string source_of(const Options& options) {
    for (const char* key : {"file", "filename", "file.filename", "file.file.filename", "file.path", "path"}) {
        if (options.has(key)) return std::string(options.get(key));
    }
    return {};
}

const Options* by_key(const std::vector<Options>& list, std::string_view key, std::string_view value) {
    const auto found = std::ranges::find_if(list, [&](const Options& options) { return options.get(key) == value; });
    return found != list.end() ? &*found : nullptr;
}

// What -device …,drive=NAME refers to: a -drive by id or a -blockdev by node name, down to its file.
std::string source_of_drive(const CommandLine& line, std::string name) {
    if (const Options* drive = by_key(line.drives, "id", name)) return source_of(*drive);
    for (int hops = 0; hops < 8; ++hops) {
        const Options* node = by_key(line.blockdevs, "node-name", name);
        if (node == nullptr) return {};
        if (node->has("file") && by_key(line.blockdevs, "node-name", node->get("file")) != nullptr) {
            name = node->get("file");
            continue;
        }
        return source_of(*node);
    }
    return {};
}

bool needs_device(const Options& drive) { return drive.get("if") == "none"; }

// QEMU names a drive without an id by its interface and place: "ide0-hd1", "virtio0".
std::string drive_name(const Options& drive, std::map<std::string, unsigned>& next) {
    if (drive.has("id")) return std::string(drive.get("id"));
    const std::string bus = drive.has("if") ? std::string(drive.get("if")) : "ide";
    unsigned index = next[bus];
    const std::string_view given = drive.get("index");
    (void)std::from_chars(given.data(), given.data() + given.size(), index);  // none given: the next free one
    next[bus] = index + 1;
    const bool cd = drive.get("media") == "cdrom";
    if (bus != "ide" && bus != "scsi") return bus + std::to_string(index);
    const unsigned units = bus == "ide" ? 2 : 7;
    return bus + std::to_string(index / units) + (cd ? "-cd" : "-hd") + std::to_string(index % units);
}

}  // namespace

std::vector<DiskPlace> configured_disks(const CommandLine& line) {
    std::vector<DiskPlace> disks;
    const auto add = [&disks](std::string name, std::string source) {
        if (name.empty() || std::ranges::find(disks, name, &DiskPlace::name) != disks.end()) return;
        disks.push_back({std::move(name), std::move(source)});
    };
    for (const Options& device : line.devices) {
        const std::string drive(device.get("drive"));
        if (drive.empty()) continue;
        add(std::string(device.has("id") ? device.get("id") : drive), source_of_drive(line, drive));
    }
    std::map<std::string, unsigned> next;
    for (const Options& drive : line.drives) {
        if (!needs_device(drive)) add(drive_name(drive, next), source_of(drive));
    }
    return disks;
}

}  // namespace virtscope::qemu
