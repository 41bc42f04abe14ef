#include "drivers/libvirt/presence.h"

#include <sys/stat.h>
#include <algorithm>
#include <array>
#include <filesystem>

#include "drivers/libvirt/library.h"

namespace virtscope::libvirt {

namespace {

bool listens(const std::string& run) {
    constexpr std::array<const char*, 2> sockets{"/libvirt-sock", "/virtqemud-sock"};
    return std::ranges::any_of(sockets, [&](const char* socket) {
        struct stat is {};
        return ::stat((run + socket).c_str(), &is) == 0 && S_ISSOCK(is.st_mode);
    });
}

bool has_guests(const std::string& definitions) {
    std::error_code code;
    for (std::filesystem::directory_iterator at(definitions, code), end; !code && at != end; at.increment(code)) {
        if (at->path().extension() == ".xml") return true;
    }
    return false;
}

}  // namespace

bool is_here(const std::string& run, const std::string& definitions) {
    return (listens(run) || has_guests(definitions)) && load_library().has_value();
}

}  // namespace virtscope::libvirt
