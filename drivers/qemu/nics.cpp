#include "drivers/qemu/nics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drivers/netns.h"

namespace virtscope::qemu {
namespace {

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

std::optional<int> macvtap_of(std::string_view target) {
    constexpr std::string_view prefix = "/dev/tap";
    if (!target.starts_with(prefix)) return std::nullopt;
    target.remove_prefix(prefix.size());
    int index = 0;
    const auto parsed = std::from_chars(target.data(), target.data() + target.size(), index);
    if (parsed.ec != std::errc{} || parsed.ptr != target.data() + target.size()) return std::nullopt;
    return index;
}

template <class T>
void add_once(std::vector<T>& list, T value) {
    if (std::ranges::find(list, value) == list.end()) list.push_back(std::move(value));
}

void note_file(const Process& process, const std::string& number, std::string_view target, OpenFiles& files) {
    if (target == "anon_inode:kvm-vm") files.kvm = true;
    if (const auto index = macvtap_of(target)) add_once(files.macvtaps, *index);
    if (!target.ends_with("/net/tun")) return;
    const auto info = process.read(("fdinfo/" + number).c_str(), 4096);
    std::string tap = info ? tap_of_fdinfo(*info) : std::string();
    if (!tap.empty()) add_once(files.taps, std::move(tap));
}

std::string base_name_of_link(const std::string& path) {
    std::array<char, 4096> target{};
    const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
    if (length <= 0) return {};
    const std::string_view text(target.data(), static_cast<std::size_t>(length));
    return std::string(text.substr(text.rfind('/') + 1));
}

bool has_interface(std::string_view type) { return type == "tap" || type == "bridge"; }

}  // namespace

OpenFiles read_open_files(const Process& process) {
    OpenFiles files;
    Fd fd(::openat(process.directory(), "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return files;
    const Directory directory(::fdopendir(fd.get()), ::closedir);
    if (!directory) return files;
    const int at = fd.release();  // the directory has it
    while (const dirent* entry = ::readdir(directory.get())) {
        std::array<char, 4096> target{};
        const ssize_t length = ::readlinkat(at, entry->d_name, target.data(), target.size());
        if (length <= 0) continue;
        files.readable = true;
        note_file(process, entry->d_name, {target.data(), static_cast<std::size_t>(length)}, files);
    }
    return files;
}

std::uint64_t count_open_files(const Process& process) {
    struct stat status{};
    if (::fstatat(process.directory(), "fd", &status, 0) != 0) return 0;
    return static_cast<std::uint64_t>(status.st_size);
}

std::string tap_of_fdinfo(std::string_view fdinfo) {
    std::size_t line = fdinfo.starts_with("iff:") ? 0 : fdinfo.find("\niff:");
    if (line == std::string_view::npos) return {};
    line = fdinfo.find(':', line) + 1;
    std::string_view name = fdinfo.substr(line);
    name = name.substr(0, name.find('\n'));
    name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
    return std::string(name);
}

NicFinder::NicFinder(const std::string& proc, std::string sys)
    : sys_(std::move(sys)),
      own_netns_(netns_inode(proc + "/self/ns/net").value_or(0)),
      socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

std::vector<NicPlace> NicFinder::find(const Process& process, const OpenFiles& files, const CommandLine& line) const {
    std::vector<NicPlace> nics;
    nics.reserve(files.taps.size() + files.macvtaps.size());
    for (const std::string& tap : files.taps) nics.push_back(resolve({.name = tap, .source = {}}, process));
    for (const int index : files.macvtaps) {
        nics.push_back(resolve({.name = {}, .ifindex = index, .source = {}}, process));
    }
    for (const NetBackend& net : line.nets) {
        if (!has_interface(net.type)) {
            nics.push_back({.name = net.id, .source = net.type});
        } else if (!files.readable && !net.ifname.empty()) {
            nics.push_back(resolve({.name = net.ifname, .source = net.bridge}, process));
        }
    }
    return nics;
}

// Looks in the namespace of the process first; a tap that was passed in may have stayed in ours.
NicPlace NicFinder::resolve(NicPlace nic, const Process& process) const {
    const auto look_in = [&nic](const Fd& socket) {
        if (nic.ifindex != 0) {
            nic.name = interface_name(socket, nic.ifindex).value_or("");
            return !nic.name.empty();
        }
        nic.ifindex = interface_index(socket, nic.name).value_or(0);
        return nic.ifindex != 0;
    };
    const std::string ns = "/proc/" + std::to_string(process.pid()) + "/ns/net";
    const std::uint64_t netns = netns_inode(ns).value_or(own_netns_);
    if (netns != own_netns_) {
        const auto socket = socket_in_netns(ns, AF_UNIX, SOCK_DGRAM, 0);
        if (socket && look_in(*socket)) {
            nic.netns = netns;
            return nic;
        }
    }
    if (look_in(socket_)) nic.source = base_name_of_link(sys_ + "/class/net/" + nic.name + "/master");
    if (nic.name.empty()) nic.name = "macvtap#" + std::to_string(nic.ifindex);
    return nic;
}

}  // namespace virtscope::qemu
