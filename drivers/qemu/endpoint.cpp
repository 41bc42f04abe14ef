#include "drivers/qemu/endpoint.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>

namespace virtscope::qemu {
namespace {

struct Owner {
    std::string_view path;
    std::string_view name;
};

// Matched as the beginning of a path, /var/run being the same place as /run.
constexpr std::array owners{
    Owner{"/var/lib/libvirt/", "libvirt"},
    Owner{"/run/libvirt/", "libvirt"},
    Owner{"/run/qemu-server/", "Proxmox VE"},
    Owner{"/run/qmeventd.sock", "Proxmox VE"},
    Owner{"/run/ganeti/", "Ganeti"},
    Owner{"/run/incus/", "Incus"},
    Owner{"/var/log/incus/", "Incus"},
    Owner{"/var/lib/incus/", "Incus"},
    Owner{"/run/lxd/", "LXD"},
    Owner{"/var/log/lxd/", "LXD"},
    Owner{"/var/snap/lxd/", "LXD"},
    Owner{"/run/vc/", "Kata Containers"},
    Owner{"/run/kata", "Kata Containers"},
    Owner{"/run/kubevirt", "KubeVirt"},
    Owner{"/run/cloud-hypervisor", "Cloud Hypervisor"},
    Owner{"/var/snap/multipass/", "Multipass"},
};

// Managers that keep their sockets below a user's or a cluster's own folder.
constexpr std::array parts{
    Owner{"/libvirt/qemu/", "libvirt"},
    Owner{"/.lima/", "Lima"},
    Owner{"/lima/", "Lima"},
    Owner{"/podman/qemu", "Podman"},
    Owner{"/gnome-boxes/", "GNOME Boxes"},
    Owner{"/ganeti/kvm-hypervisor/", "Ganeti"},
};

constexpr const char* libvirts = "monitor: belongs to libvirt";

Endpoint none(std::string note) {
    Endpoint endpoint;
    endpoint.note = std::move(note);
    return endpoint;
}

bool is_loopback(std::string_view host) {
    return host.empty() || host == "localhost" || host.starts_with("127.") || host == "::1" || host == "0.0.0.0" ||
           host == "::" || host == "ip6-localhost";
}

Endpoint unix_endpoint(std::string_view path, bool abstract, bool tight) {
    if (const auto owner = socket_owner(path); !owner.empty()) {
        return none("monitor: belongs to " + std::string(owner));
    }
    Endpoint endpoint;
    endpoint.kind = abstract ? Endpoint::Kind::unix_abstract : Endpoint::Kind::unix_path;
    endpoint.path = path;
    endpoint.tight = tight;
    return endpoint;
}

Endpoint tcp_endpoint(std::string_view host, std::string_view port) {
    if (!is_loopback(host)) return none("monitor: listens on a network address, not on this host's loopback");
    Endpoint endpoint;
    endpoint.kind = Endpoint::Kind::tcp;
    endpoint.host = host.find(':') != std::string_view::npos ? "::1" : "127.0.0.1";
    const auto parsed = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (parsed.ec != std::errc{} || endpoint.port == 0) return none("monitor: its TCP port is not a number");
    return endpoint;
}

// A character device as -chardev describes it.
Endpoint from_chardev(const Options& chardev) {
    if (chardev.get("backend") != "socket") {
        return none("monitor: on a " + std::string(chardev.get("backend")) + " device, not on a socket");
    }
    if (chardev.has("fd")) {
        const bool libvirt = chardev.get("id") == "charmonitor";
        return none(libvirt ? libvirts : "monitor: belongs to the manager that passed it in");
    }
    if (!chardev.flag("server", false)) return none("monitor: connects to its manager by itself");
    for (const char* wrapper : {"telnet", "tn3270", "websocket"}) {
        if (chardev.flag(wrapper, false)) return none(std::string("monitor: speaks ") + wrapper);
    }
    if (chardev.has("tls-creds")) return none("monitor: wants TLS");
    if (chardev.has("path")) {
        return unix_endpoint(chardev.get("path"), chardev.flag("abstract", false), chardev.flag("tight", true));
    }
    return tcp_endpoint(chardev.get("host"), chardev.get("port"));
}

const Options* chardev_by_id(const CommandLine& line, std::string_view id) {
    const auto found = std::ranges::find_if(line.chardevs, [id](const Options& chardev) {
        return chardev.get("id") == id;
    });
    return found != line.chardevs.end() ? &*found : nullptr;
}

Endpoint from_monitor(const CommandLine& line, std::string_view chardev) {
    const Options* found = chardev_by_id(line, chardev);
    return found != nullptr ? from_chardev(*found) : none("monitor: its character device is not on the command line");
}

// The short form of -qmp: "unix:/path,server=on,wait=off", "tcp:host:port,server", "chardev:id", "stdio".
Endpoint from_qmp(const CommandLine& line, std::string_view value) {
    const Options options = Options::parse(value, "address");
    const std::string_view address = options.get("address");
    const std::size_t colon = address.find(':');
    const std::string_view scheme = address.substr(0, colon);
    const std::string_view rest = colon == std::string_view::npos ? "" : address.substr(colon + 1);
    if (scheme == "chardev") return from_monitor(line, rest);
    if (scheme != "unix" && scheme != "tcp") return none("monitor: on " + std::string(scheme) + ", not on a socket");
    if (!options.flag("server", false)) return none("monitor: connects to its manager by itself");
    if (scheme == "unix") return unix_endpoint(rest, options.flag("abstract", false), options.flag("tight", true));
    const std::size_t last = rest.rfind(':');
    if (last == std::string_view::npos) return none("monitor: its TCP address has no port");
    std::string_view host = rest.substr(0, last);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return tcp_endpoint(host, rest.substr(last + 1));
}

}  // namespace

std::string_view socket_owner(std::string_view path) {
    if (path.starts_with("/var/run/")) path.remove_prefix(4);
    for (const Owner& owner : owners) {
        if (path.starts_with(owner.path)) return owner.name;
    }
    for (const Owner& owner : parts) {
        if (path.find(owner.path) != std::string_view::npos) return owner.name;
    }
    return {};
}

bool belongs_to_libvirt(const CommandLine& line) { return find_endpoint(line).note == libvirts; }

Endpoint find_endpoint(const CommandLine& line) {
    Endpoint first = none("monitor: the guest has none (add -qmp unix:PATH,server=on,wait=off)");
    bool any = false;
    const auto consider = [&](Endpoint endpoint) {
        const bool usable = endpoint.kind != Endpoint::Kind::none;
        if (usable || !any) first = std::move(endpoint);
        any = true;
        return usable;
    };
    for (const std::string& value : line.qmp) {
        if (consider(from_qmp(line, value))) return first;
    }
    for (const Options& monitor : line.control_monitors) {
        if (consider(from_monitor(line, monitor.get("chardev")))) return first;
    }
    return first;
}

}  // namespace virtscope::qemu
