#include "agent/ctl/config_folder.h"

#include <array>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fd.h"
#include "core/write_all.h"

namespace virtscope {
namespace {

constexpr std::size_t longest_file = 256ULL << 20;

// A file that is not yet there under its name; its first name does not end as a monitor's files do, and is gone with the object.
class Part {
public:
    explicit Part(const std::string& path) : path_(path), part_(fmt::format("{}.{}.part", path, ::getpid())) {}
    Part(Part&& other) noexcept : path_(std::move(other.path_)), part_(std::exchange(other.part_, {})) {}
    Part& operator=(Part&&) = delete;
    ~Part() {
        if (!part_.empty()) ::unlink(part_.c_str());
    }

    Result<> write(std::string_view text) const {
        ::unlink(part_.c_str());
        const Fd file(::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
        if (!file) return fail_errno(errno, "{}: create", part_);
        if (auto done = write_all(file.get(), text, part_); !done) return done;
        if (::fsync(file.get()) != 0) return fail_errno(errno, "{}: sync", part_);
        return {};
    }

    // A second name for the former file first, then the new one takes the place: at no moment is there none.
    Result<> settle() const {
        const std::string old = path_ + ".old";
        const std::string old_part = part_ + ".old";
        ::unlink(old_part.c_str());
        if (::link(path_.c_str(), old_part.c_str()) == 0) {
            if (::rename(old_part.c_str(), old.c_str()) != 0) return fail_errno(errno, "{}: rename", old);
            ::unlink(old_part.c_str());  // still there if the two names were of one file already
        } else if (errno != ENOENT) {
            return fail_errno(errno, "{}: keep as {}", path_, old);
        }
        if (::rename(part_.c_str(), path_.c_str()) != 0) return fail_errno(errno, "{}: rename from {}", path_, part_);
        return {};
    }

private:
    std::string path_, part_;
};

std::string path_in(const std::string& folder, std::string_view name) { return fmt::format("{}/{}", folder, name); }

Result<> sync_folder(const std::string& folder) {
    const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) return fail_errno(errno, "{}: sync", folder);
    return {};
}

Result<Written> fate_of(const std::string& folder, const ConfigFile& file, bool force) {
    const auto former = content_of(folder, file.name);
    if (!former) return std::unexpected(former.error());
    if (*former == file.text) return Written::unchanged;
    if (former->empty()) return Written::anew;
    return file.editable && !force && is_edited(*former) ? Written::kept : Written::replaced;
}

}  // namespace

Result<std::string> content_of(const std::string& folder, std::string_view name) {
    const std::string path = path_in(folder, name);
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file && errno == ENOENT) return std::string();
    if (!file) return fail_errno(errno, "{}: open", path);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
        return fail(ErrorKind::busy, "{}: is no regular file: move it away", path);
    }
    std::string content;
    std::array<char, 65536> chunk{};
    ssize_t got = 0;
    while ((got = ::read(file.get(), chunk.data(), chunk.size())) > 0) {
        content.append(chunk.data(), static_cast<std::size_t>(got));
        if (content.size() > longest_file) return fail(ErrorKind::malformed, "{}: too long to be ours: move it away", path);
    }
    if (got < 0) return fail_errno(errno, "{}: read", path);
    return content;
}

Result<std::vector<Written>> write_files(const std::string& folder, const std::vector<ConfigFile>& files, bool force) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
        return fail(ErrorKind::absent, "--output {}: no such folder: make it first", folder);
    }
    std::vector<Written> fates;
    std::vector<Part> parts;
    for (const ConfigFile& file : files) {
        const auto fate = fate_of(folder, file, force);
        if (!fate) return std::unexpected(fate.error());
        fates.push_back(*fate);
        if (*fate == Written::unchanged || *fate == Written::kept) continue;
        parts.emplace_back(path_in(folder, file.name));
        if (auto done = parts.back().write(file.text); !done) return std::unexpected(done.error());
    }
    for (const Part& part : parts) {
        if (auto done = part.settle(); !done) return std::unexpected(done.error());
    }
    if (!parts.empty()) {
        if (auto done = sync_folder(folder); !done) return std::unexpected(done.error());
    }
    return fates;
}

}  // namespace virtscope
