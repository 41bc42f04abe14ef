#include "drivers/xen/block_backends.h"

#include "drivers/xen/vbd_files.h"

namespace virtscope::xen {

std::shared_ptr<BlockCounters> BlockBackends::open(std::uint32_t domid, const Vbd& vbd) {
    if (vbd.kind == "qdisk") return std::make_shared<QdiskCounters>(qdisks_.monitor(domid), vbd.name);
    if (vbd.kind == "vbd3") return tapdisks_.open(domid, vbd.device, Clock::now());
    auto files = std::make_shared<VbdFiles>(vbd_folder(sys_, domid, vbd.device));
    if (!files->is_open()) return nullptr;
    return files;
}

// A tapdisk has a folder of its process's number.
std::string BlockBackends::sign_of(std::uint32_t domid, const Vbd& vbd) const {
    return vbd.kind == "vbd" ? vbd_folder(sys_, domid, vbd.device) + "/statistics" : shm_;
}

}  // namespace virtscope::xen
