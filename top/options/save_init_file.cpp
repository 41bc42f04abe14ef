#include "top/options/save_init_file.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <set>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fd.h"
#include "core/text.h"
#include "core/write_all.h"
#include "top/options/init_file.h"

namespace virtscope::top {
namespace {

constexpr std::string_view beginning =
    "# .virt-toprc: settings of virt-top, a keyword and its value a line; virt-top(1) has a list of them.\n"
    "# Flags and the environment win over them. Key W writes this file, unless the next line is uncommented.\n"
    "#overwrite-init-file false\n\n";

std::string lines_of(const SavedSetting& setting) {
    std::string lines;
    for (const std::string& value : setting.values) lines += setting.keyword + " " + value + "\n";
    return lines;
}

// That it will be read as it is now.
Result<> check(const std::vector<SavedSetting>& settings) {
    for (const SavedSetting& setting : settings) {
        for (const std::string& value : setting.values) {
            if (init_line(setting.keyword + " " + value).value == value && !value.contains('\n')) continue;
            return fail(ErrorKind::malformed, "{} '{}' cannot be kept in an init file: nothing was written",
                        setting.keyword, printable(value, 40));
        }
    }
    return {};
}

// What a link leads to; the path itself where there is nothing yet.
std::string target_of(const std::string& path) {
    char* const real = ::realpath(path.c_str(), nullptr);
    if (real == nullptr) return path;
    std::string target(real);
    std::free(real);
    return target;
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

Result<> sync(int fd, const std::string& path) {
    return ::fsync(fd) == 0 ? Result<>() : fail_errno(errno, "sync {}", printable(path));
}

// Whatever lies at that path, somebody's link too, is not written through.
Result<> write_new(const std::string& path, std::string_view text, mode_t mode) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail_errno(errno, "replace {}", printable(path));
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!fd) return fail_errno(errno, "write {}", printable(path));
    if (auto wrote = write_all(fd.get(), text, printable(path)); !wrote) return wrote;
    return sync(fd.get(), path);
}

// A second name for it, so that there is never none; where names cannot be had, it is renamed.
Result<> keep_old(const std::string& path) {
    const std::string old = path + ".old";
    if (::unlink(old.c_str()) != 0 && errno != ENOENT) return fail_errno(errno, "replace {}", printable(old));
    if (::link(path.c_str(), old.c_str()) == 0 || ::rename(path.c_str(), old.c_str()) == 0 || errno == ENOENT)
        return {};
    return fail_errno(errno, "rename {}", printable(path));
}

Result<> replace(const std::string& path, std::string_view text) {
    struct stat about {};
    const bool is_there = ::stat(path.c_str(), &about) == 0;
    const std::string fresh = path + ".new";
    if (auto wrote = write_new(fresh, text, is_there ? about.st_mode & 0777 : 0644); !wrote) return wrote;
    if (is_there) {
        if (auto kept = keep_old(path); !kept) return kept;
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0) return fail_errno(errno, "rename {}", printable(fresh));
    const Fd folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return folder ? sync(folder.get(), path) : Result<>();
}

}  // namespace

std::string with_settings(std::string_view text, const std::vector<SavedSetting>& settings) {
    std::string result(text.empty() ? beginning : std::string_view());
    std::set<std::string_view> done;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto setting = std::ranges::find(settings, init_line(line).keyword, &SavedSetting::keyword);
        if (setting == settings.end())
            result.append(line).append("\n");
        else if (done.insert(setting->keyword).second)
            result += lines_of(*setting);
    }
    for (const SavedSetting& setting : settings) {
        if (!setting.is_usual && !done.contains(setting.keyword)) result += lines_of(setting);
    }
    return result;
}

Result<std::string> save_init_file(const std::string& path, const std::vector<SavedSetting>& settings) {
    if (auto fit = check(settings); !fit) return std::unexpected(fit.error());
    std::string target = target_of(path);
    auto text = read_init_text(target);
    if (!text && text.error().kind != ErrorKind::absent) return text;
    const std::string result = with_settings(text ? *text : std::string(), settings);
    if (auto replaced = replace(target, result); !replaced) return std::unexpected(replaced.error());
    return target;
}

}  // namespace virtscope::top
