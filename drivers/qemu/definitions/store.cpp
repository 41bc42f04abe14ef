#include "drivers/qemu/definitions/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "core/fd.h"
#include "core/text.h"

namespace virtscope::qemu {
namespace {

namespace fs = std::filesystem;

Result<> write_all(int fd, std::string_view text, const std::string& path) {
    while (!text.empty()) {
        const ssize_t wrote = ::write(fd, text.data(), text.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return fail_errno(errno, "write {}", printable(path));
        text.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return {};
}

}  // namespace

Result<> sync_folder(const std::string& path) {
    const Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.get()) != 0) return fail_errno(errno, "sync {}", printable(path));
    return {};
}

Result<> make_folders(const std::string& path) {
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const std::string part = path.substr(0, end);
        if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST)
            return fail_errno(errno, "make folder {}", printable(part));
        if (end == std::string::npos) return {};
    }
}

Result<> check_own_folder(const std::string& path) {
    struct stat is{};
    if (::lstat(path.c_str(), &is) != 0) return errno == ENOENT ? Result<>{} : fail_errno(errno, "{}", printable(path));
    const bool ours = is.st_uid == 0 || is.st_uid == ::geteuid();
    if (S_ISDIR(is.st_mode) && ours && (is.st_mode & 022) == 0) return {};
    return fail(ErrorKind::denied, "{}: must be a folder that only its owner, root or who runs the agent, can write",
                printable(path));
}

Result<> replace_file(const std::string& path, const std::string& text) {
    const std::string folder = path.substr(0, path.rfind('/'));
    if (auto made = make_folders(folder); !made) return made;
    const std::string part = path + ".part";
    {
        const Fd file(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!file) return fail_errno(errno, "open {}", printable(part));
        auto wrote = write_all(file.get(), text, part);
        if (wrote && ::fsync(file.get()) != 0) wrote = fail_errno(errno, "sync {}", printable(part));
        if (!wrote) {
            ::unlink(part.c_str());
            return wrote;
        }
    }
    if (::rename(part.c_str(), path.c_str()) != 0) {
        const int code = errno;
        ::unlink(part.c_str());
        return fail_errno(code, "rename {}", printable(part));
    }
    return sync_folder(folder);
}

Result<std::string> read_small_file(const std::string& path, std::size_t most) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return fail_errno(errno, "open {}", printable(path));
    std::string text;
    std::array<char, 16384> piece{};  // most files are smaller than what they may be by far
    while (text.size() <= most) {
        const ssize_t got = ::read(file.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno, "read {}", printable(path));
        if (got == 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(got));
    }
    return fail(ErrorKind::malformed, "{} is too long", printable(path));
}

Store::Kept Store::all() const {
    Kept kept;
    std::error_code code;
    for (fs::directory_iterator at(folder_, code), end; !code && at != end; at.increment(code)) {
        const fs::path& file = at->path();
        if (file.extension() != ".xml") continue;
        auto guest = read(file.stem().string());
        if (guest)
            kept.guests.push_back(std::move(*guest));
        else
            kept.problems.push_back(guest.error().message);
    }
    std::ranges::sort(kept.guests, {}, &Definition::name);
    return kept;
}

Result<Definition> Store::read(const std::string& name) const {
    const auto text = read_small_file(path(name), xml_most_bytes);
    if (!text) return std::unexpected(text.error());
    auto guest = read_definition(*text);
    if (!guest) return fail(guest.error().kind, "{}: {}", printable(path(name)), guest.error().message);
    if (guest->name != name)
        return fail(ErrorKind::malformed, "{}: is of a guest named {}", printable(path(name)), printable(guest->name));
    return guest;
}

Result<> Store::write(const Definition& guest) const { return replace_file(path(guest.name), guest.xml); }

bool Store::is_marked(const std::string& name) const {
    return ::faccessat(AT_FDCWD, link(name).c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<> Store::mark(const std::string& name, bool on) const {
    const std::string at = link(name);
    if (auto made = make_folders(folder_ + "/autostart"); !made) return made;
    const int code = on ? ::symlink(("../" + name + ".xml").c_str(), at.c_str()) : ::unlink(at.c_str());
    if (code != 0 && errno != (on ? EEXIST : ENOENT)) return fail_errno(errno, "{}", printable(at));
    return sync_folder(folder_ + "/autostart");
}

Result<> Store::remove(const std::string& name) const {
    if (is_marked(name)) {
        if (auto unmarked = mark(name, false); !unmarked) return unmarked;
    }
    if (::unlink(path(name).c_str()) != 0) return fail_errno(errno, "remove {}", printable(path(name)));
    return sync_folder(folder_);
}

}  // namespace virtscope::qemu
