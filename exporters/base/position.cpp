#include "exporters/base/position.h"

#include <array>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "core/write_all.h"

namespace virtscope::exporters {
namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_file = 4096;  // bytes
constexpr std::size_t longest_boot_id = 64;
constexpr std::size_t longest_form = 256;

Result<std::string> read_file(int fd, const std::string& path) {
    std::array<char, longest_file> bytes{};
    std::size_t size = 0;
    while (size < bytes.size()) {
        const ssize_t got = ::read(fd, bytes.data() + size, bytes.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno, "{}: read", path);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    return std::string(bytes.data(), size);
}

template <class T>
bool take(const Json& json, const char* name, T& into) {
    const auto found = json.find(name);
    if (found == json.end()) return false;
    if constexpr (std::is_same_v<T, std::string>) {
        if (!found->is_string()) return false;
    } else if (std::is_unsigned_v<T> ? !found->is_number_unsigned() : !found->is_number_integer()) {
        return false;
    }
    into = found->get<T>();
    return true;
}

std::optional<Position> parse(const std::string& text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    Position position;
    const bool whole = take(json, "sequence", position.sequence) && take(json, "realtime", position.realtime) &&
                       take(json, "monotonic", position.monotonic) && take(json, "boot_id", position.boot_id);
    if (!whole || position.boot_id.size() > longest_boot_id) return std::nullopt;
    if (json.contains("form") && !take(json, "form", position.form)) return std::nullopt;
    if (position.form.size() > longest_form) return std::nullopt;
    return position;
}

std::string text_of(const Position& position) {
    Json json{{"sequence", position.sequence},
              {"realtime", position.realtime},
              {"monotonic", position.monotonic},
              {"boot_id", position.boot_id}};
    if (!position.form.empty()) json["form"] = position.form;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<> write_file(const std::string& path, const std::string& text) {
    const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!file) return fail_errno(errno, "{}: open", path);
    if (auto written = write_all(file.get(), text, path); !written) return written;
    if (::fsync(file.get()) != 0) return fail_errno(errno, "{}: fsync", path);
    return {};
}

// A name that a power loss must not take back is in its folder's own pages.
void sync_folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const Fd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // Where a file system does not sync folders, the old position comes back at worst: some frames are exported twice.
    if (opened) (void)!::fsync(opened.get());
}

}  // namespace

Position position_of(const Frame& frame) {
    return {.sequence = frame.sequence,
            .realtime = frame.realtime,
            .monotonic = frame.monotonic,
            .boot_id = frame.roster->host.boot_id};
}

bool is_after(const Frame& frame, const Position& position) {
    if (frame.roster->host.boot_id == position.boot_id) return frame.monotonic > position.monotonic;
    return frame.realtime > position.realtime;
}

Result<std::optional<Position>> load_position(const std::string& path) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file && errno == ENOENT) return std::optional<Position>();
    if (!file) return fail_errno(errno, "{}: open", path);
    const auto text = read_file(file.get(), path);
    if (!text) return std::unexpected(text.error());
    auto position = parse(*text);
    if (!position) return fail(ErrorKind::malformed, "{}: not a position in a ring: remove it to begin anew", path);
    return position;
}

Result<> save_position(const std::string& path, const Position& position) {
    const std::string beside = path + ".new";
    if (auto written = write_file(beside, text_of(position)); !written) return written;
    if (std::rename(beside.c_str(), path.c_str()) != 0) return fail_errno(errno, "{}: rename", path);
    sync_folder_of(path);
    return {};
}

Result<Fd> hold_position(const std::string& path) {
    const std::string beside = path + ".lock";
    Fd file(::open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640));
    if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        return fail(ErrorKind::busy, "{}: another exporter goes by this position: stop it, or give each one its own",
                    path);
    }
    return file;
}

}  // namespace virtscope::exporters
