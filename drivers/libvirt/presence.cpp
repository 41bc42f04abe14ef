#include "drivers/libvirt/presence.h"

#include <algorithm>
#include <array>
#include <sys/stat.h>

#include "drivers/libvirt/library.h"

namespace virtscope::libvirt {

bool is_here(const std::string& run) {
    constexpr std::array<const char*, 2> sockets{"/libvirt/libvirt-sock", "/libvirt/virtqemud-sock"};
    const bool listens = std::ranges::any_of(sockets, [&](const char* socket) {
        struct stat is{};
        return ::stat((run + socket).c_str(), &is) == 0 && S_ISSOCK(is.st_mode);
    });
    return listens && load_library().has_value();
}

}  // namespace virtscope::libvirt
