// Verbs that change nothing.
#include <charconv>

#include "core/text.h"
#include "drivers/libvirt/lifecycle_verbs.h"
#include "drivers/libvirt/lifecycle_xml.h"

namespace virtscope::libvirt {
namespace {

std::string host_of(const xmlNode* graphics) {
    std::string host = xml_attribute(graphics, "listen");
    if (host.empty()) host = xml_attribute(xml_child(graphics, "listen"), "address");
    if (host.empty() || host == "0.0.0.0" || host == "::") return "localhost";
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

int port_of(const xmlNode* graphics, const char* name) {
    const std::string text = xml_attribute(graphics, name);
    int port = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
    return parsed.ec == std::errc{} && port > 0 && port < 65536 ? port : 0;
}

// As `virsh domdisplay` prints it; empty: nothing to connect to.
std::string uri_of(const xmlNode* graphics) {
    const std::string type = xml_attribute(graphics, "type");
    if (type != "vnc" && type != "spice" && type != "rdp") return {};
    std::string socket = xml_attribute(graphics, "socket");
    if (socket.empty()) socket = xml_attribute(xml_child(graphics, "listen"), "socket");
    if (!socket.empty()) return type + "+unix://" + socket;
    const int port = port_of(graphics, "port");
    const int tls = type == "spice" ? port_of(graphics, "tlsPort") : 0;
    if (port == 0 && tls == 0) return {};
    std::string uri = type + "://" + host_of(graphics);
    if (type == "vnc") return port < 5900 ? std::string() : uri + ":" + std::to_string(port - 5900);
    if (port != 0) uri += ":" + std::to_string(port);
    if (tls != 0) uri += "?tls-port=" + std::to_string(tls);
    return uri;
}

}  // namespace

Result<Answer> do_dumpxml(const Call& call) {
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    const Text xml = own(call.library.virDomainGetXMLDesc(guest->domain.get(), 0));
    if (xml == nullptr) return call.failed("its XML cannot be had");
    return said(xml.get());
}

Result<Answer> do_domdisplay(const Call& call) {
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    if (!guest->active) return not_running(call);
    const Text xml = own(call.library.virDomainGetXMLDesc(guest->domain.get(), 0));
    if (xml == nullptr) return call.failed("its XML cannot be had");
    const auto document = parse_domain(xml.get());
    if (!document) return std::unexpected(document.error());
    const xmlNode* const devices = xml_child(xmlDocGetRootElement(document->get()), "devices");
    for (const xmlNode* const graphics : xml_children(devices, "graphics")) {
        if (const std::string uri = uri_of(graphics); !uri.empty()) return said(printable(uri));
    }
    return fail(ErrorKind::absent, "has no display to connect to; add <graphics type='vnc' autoport='yes'/>");
}

}  // namespace virtscope::libvirt
