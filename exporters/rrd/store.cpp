#include "exporters/rrd/store.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/fd.h"

namespace virtscope::exporters::rrd {

std::vector<std::string> definitions(const FileType& type, const Making& making) {
    std::vector<std::string> all;
    all.reserve(type.sources.size());
    for (const Source& source : type.sources) all.push_back(definition(source, making.heartbeat.count()));
    for (std::string& archive : archive_definitions(making.archives, making.step)) all.push_back(std::move(archive));
    return all;
}

Result<> make_folder_of(const std::string& path, const std::string& root) {
    // Whatever bars a folder, bars it for all files.
    const auto barred = [](int code, const std::string& what) {
        return fail(ErrorKind::system, "{}", fail_errno_text(code, what).error().message);
    };
    Fd at(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!at) return barred(errno, root + ": open");
    std::size_t begin = root.size() + 1;
    for (std::size_t slash; (slash = path.find('/', begin)) != std::string::npos; begin = slash + 1) {
        const std::string name = path.substr(begin, slash - begin);
        // rrdcached may be somebody else of our group.
        if (::mkdirat(at.get(), name.c_str(), 0775) != 0 && errno != EEXIST)
            return barred(errno, path.substr(0, slash) + ": mkdir");
        Fd next(::openat(at.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!next && (errno == ELOOP || errno == ENOTDIR))
            return fail(ErrorKind::malformed, "{}: not a folder: remove it", path.substr(0, slash));
        if (!next) return barred(errno, path.substr(0, slash) + ": open");
        at = std::move(next);
    }
    struct stat found {};
    const std::string name = path.substr(begin);
    if (::fstatat(at.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(found.st_mode))
        return fail(ErrorKind::malformed, "{}: not a regular file: remove it", path);
    return {};
}

}  // namespace virtscope::exporters::rrd
