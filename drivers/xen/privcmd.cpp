#include "drivers/xen/privcmd.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <utility>

#include "core/fd.h"
#include "drivers/xen/abi.h"

namespace virtscope::xen {
namespace {

// struct privcmd_hypercall.
struct Hypercall {
    std::uint64_t op;
    std::array<std::uint64_t, 5> arguments;
};
constexpr unsigned long ioctl_hypercall = _IOC(_IOC_NONE, 'P', 0, sizeof(Hypercall));

class KernelPrivcmd final : public Privcmd {
public:
    KernelPrivcmd(Fd calls, Fd memory) : calls_(std::move(calls)), memory_(std::move(memory)) {}

    long call(std::uint64_t op, const std::array<std::uint64_t, 2>& arguments) override {
        Hypercall request{.op = op, .arguments = {arguments[0], arguments[1]}};
        const int result = ::ioctl(calls_.get(), ioctl_hypercall, &request);
        return result < 0 ? -errno : result;
    }

    // /dev/xen/hypercall (Linux 4.18) hands out pages that are never moved, not even for a moment; locked memory may be.
    Result<HyperMemory> memory(std::size_t size) override {
        size = (size + abi::page_size - 1) / abi::page_size * abi::page_size;
        constexpr int readable = PROT_READ | PROT_WRITE;
        constexpr int anonymous = MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE;
        void* const at = memory_ ? ::mmap(nullptr, size, readable, MAP_SHARED, memory_.get(), 0)
                                 : ::mmap(nullptr, size, readable, anonymous, -1, 0);
        if (at == MAP_FAILED) return fail_errno(errno, "lock {} bytes of memory for hypercalls", size);
        const auto unmap = [size](std::byte* bytes) { ::munmap(bytes, size); };
        return HyperMemory{{static_cast<std::byte*>(at), unmap}, size};
    }

private:
    Fd calls_;
    Fd memory_;
};

}  // namespace

Result<std::unique_ptr<Privcmd>> open_privcmd(const std::string& folder) {
    const std::string path = folder + "/privcmd";
    Fd calls(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!calls && errno == ENOENT) {
        return fail(ErrorKind::absent, "{}: not there; load the kernel's driver (modprobe xen-privcmd)", path);
    }
    if (!calls && (errno == EACCES || errno == EPERM)) {
        return fail(ErrorKind::denied, "{}: permission denied; domains are seen by root only: run virtscoped, or this as root",
                    path);
    }
    if (!calls) return fail_errno(errno, "open {}", path);
    Fd memory(::open((folder + "/hypercall").c_str(), O_RDWR | O_CLOEXEC));
    return std::make_unique<KernelPrivcmd>(std::move(calls), std::move(memory));
}

}  // namespace virtscope::xen
