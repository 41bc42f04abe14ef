#include "core/ring/holder.h"

#include <fstream>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <sys/sysmacros.h>

namespace virtscope::ring {

// /proc/locks: "1: FLOCK  ADVISORY  WRITE 1234 fe:00:131090 0 EOF"; those who wait have "->" behind the number.
std::optional<std::int64_t> process_writing(const struct stat& file, std::int64_t signed_by) {
    const std::string inode = fmt::format(":{}", file.st_ino);
    const std::string device = fmt::format("{:02x}:{:02x}", major(file.st_dev), minor(file.st_dev));
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        std::istringstream fields(line);
        std::string number, kind, strictness, access, place;
        std::int64_t pid = 0;
        if (!(fields >> number >> kind >> strictness >> access >> pid >> place)) continue;
        if (kind != "FLOCK" || access != "WRITE" || !place.ends_with(inode)) continue;
        if (place == device + inode || pid == signed_by) return pid;
    }
    return std::nullopt;
}

}  // namespace virtscope::ring
