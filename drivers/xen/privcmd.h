// Privcmd: hypercalls from user space, by the kernel's /dev/xen/privcmd (linux/include/uapi/xen/privcmd.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/result.h"

namespace virtscope::xen {

// Memory that the hypervisor reads and writes: locked, so that it is there whenever it looks.
struct HyperMemory {
    std::shared_ptr<std::byte> bytes;
    std::size_t size = 0;

    template <class T>
    T* at(std::size_t offset) const {
        return reinterpret_cast<T*>(bytes.get() + offset);
    }
};

class Privcmd {
public:
    virtual ~Privcmd() = default;

    // What the hypercall returned, or what refused it: 0 and more, or a negative errno value. Never blocks on a guest.
    virtual long call(std::uint64_t op, const std::array<std::uint64_t, 2>& arguments) = 0;

    // At least `size` bytes of zeros. Errors: system (no memory may be locked).
    virtual Result<HyperMemory> memory(std::size_t size) = 0;
};

// `folder`: "/dev/xen". Errors: absent (the driver of the kernel is not loaded), denied (only root may).
Result<std::unique_ptr<Privcmd>> open_privcmd(const std::string& folder);

}  // namespace virtscope::xen
