#include "drivers/table.h"

#include <array>

#include "drivers/libvirt/open.h"
#include "drivers/qemu/open.h"
#include "drivers/simulated/open.h"

namespace virtscope {
namespace {

// Tried in this order; the first that does not say NotMine decides.
constexpr std::array<OpenDriver, 3> drivers{open_simulated, open_qemu, open_libvirt};

}  // namespace

Result<std::unique_ptr<Driver>> open_driver(std::string_view uri, const DriverHost& host,
                                            const DriverOptions& options) {
    for (const OpenDriver open : drivers) {
        Opened opened = open(uri, host, options);
        if (auto* driver = std::get_if<std::unique_ptr<Driver>>(&opened)) return std::move(*driver);
        if (const auto* error = std::get_if<Error>(&opened)) return std::unexpected(*error);
    }
    return fail(ErrorKind::unsupported,
                "{}: no driver for this URI; known are kvm:/// (QEMU/KVM on this host) and "
                "test:///default?guests=N (simulated host)",
                uri);
}

std::vector<std::string> local_uris(const DriverHost&) { return {"kvm:///"}; }

}  // namespace virtscope
