// Deploying an appliance: a virt-image description (virt-image(5)) becomes disks of this host and domain XML.
//
// Disks with a file become qcow2 overlays of it, which stays as it is; disks without one are made empty; ISO images are
// used where they are. Names of files are below the description's folder.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"

namespace virtscope::qemu {

struct ImageDisk {
    std::string path;  // absolute: what the guest uses
    std::string base;  // absolute: what it is an overlay of; empty: made empty
    std::string base_format;
    std::uint64_t bytes = 0;  // 0: as large as its base
    bool made = true;         // false: an ISO image, used in place
};

struct ImagePlan {
    std::string name;
    std::string disk_folder;
    std::vector<ImageDisk> disks;
    std::string xml;  // the guest's domain XML, for QEMU and libvirt alike
};

struct ImageSource {
    std::string text;         // the description
    std::string folder;       // absolute: where its relative names start
    std::string name;         // of the guest; empty: the description's
    std::string disk_parent;  // absolute: disks go into its folder of the guest's name
};

// Reads the description and looks for its files. Errors: malformed, unsupported (with the line), absent (a file).
Result<ImagePlan> plan_image(const ImageSource& source);

// Makes the plan's disks by qemu-img; an error leaves none. Errors: busy (the folder is there), timeout, system (what
// qemu-img says), malformed (a base that reads other files of the host).
Result<> make_disks(const ImagePlan& plan, std::chrono::steady_clock::time_point deadline);
void remove_disks(const ImagePlan& plan);

}  // namespace virtscope::qemu
