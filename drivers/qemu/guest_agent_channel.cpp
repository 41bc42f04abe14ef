// The way to a guest's agent; what it promises is in guest_agent.h.
#include <algorithm>

#include "core/text.h"
#include "drivers/qemu/guest_agent.h"

namespace virtscope::qemu {
namespace {

constexpr std::string_view port_name = "org.qemu.guest_agent.0";

Endpoint none(std::string_view why) {
    Endpoint endpoint;
    endpoint.note = "guest agent: " + std::string(why);
    return endpoint;
}

Endpoint from_chardev(const Options& chardev) {
    if (chardev.get("backend") != "socket") return none("its channel is not on a socket");
    if (chardev.has("fd")) {
        const bool libvirt = chardev.get("id").starts_with("charchannel");
        return none(libvirt ? "belongs to libvirt" : "belongs to the manager that passed its socket in");
    }
    if (!chardev.flag("server", false)) return none("its channel connects to its manager by itself");
    if (!chardev.has("path")) return none("its channel is not on a unix socket");
    const std::string_view path = chardev.get("path");
    if (const auto owner = socket_owner(path); !owner.empty()) return none("belongs to " + std::string(owner));
    Endpoint endpoint;
    const bool abstract = chardev.flag("abstract", false);
    endpoint.kind = abstract ? Endpoint::Kind::unix_abstract : Endpoint::Kind::unix_path;
    endpoint.path = path;
    endpoint.tight = chardev.flag("tight", true);
    return endpoint;
}

// connect_endpoint() was made for monitors and says so.
Error about_agent(Error error) {
    constexpr std::string_view monitor = "monitor: ";
    if (error.message.starts_with(monitor)) error.message.replace(0, monitor.size(), "guest agent: ");
    error.message = printable(error.message);
    return error;
}

}  // namespace

Endpoint find_agent(const CommandLine& line) {
    const auto port = std::ranges::find_if(line.devices, [](const Options& device) {
        return device.get("driver") == "virtserialport" && device.get("name") == port_name;
    });
    if (port == line.devices.end()) {
        return none("the guest has no channel for one (add -chardev socket,id=qga0,path=PATH,server=on,wait=off "
                    "-device virtio-serial -device virtserialport,chardev=qga0,name=org.qemu.guest_agent.0)");
    }
    const auto chardev = std::ranges::find_if(line.chardevs, [&](const Options& each) {
        return each.get("id") == port->get("chardev");
    });
    if (chardev == line.chardevs.end()) return none("its character device is not on the command line");
    return from_chardev(*chardev);
}

Result<GuestAgent> open_agent(const Process& process, const CommandLine& line, GuestAgent::Clock::time_point deadline) {
    auto socket = connect_endpoint(find_agent(line), process);
    if (!socket) return std::unexpected(about_agent(socket.error()));
    return GuestAgent::start(std::move(*socket), deadline);
}

Result<> agent_shutdown(const Process& process, const CommandLine& line, std::string_view mode,
                        GuestAgent::Clock::time_point deadline) {
    if (mode != "powerdown" && mode != "reboot") {
        return fail(ErrorKind::malformed, "guest agent: {} is no way to shut down (powerdown or reboot)", printable(mode));
    }
    auto agent = open_agent(process, line, deadline);
    if (!agent) return std::unexpected(agent.error());
    return agent->tell("guest-shutdown", fmt::format(R"({{"mode":"{}"}})", mode), deadline);
}

}  // namespace virtscope::qemu
