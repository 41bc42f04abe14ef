// The definition of a simulated guest, out and in.
#include "drivers/simulated/verbs.h"

namespace virtscope::simulated {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '\'': out += "&apos;"; break;
            default: out += c;
        }
    }
    return out;
}

std::string cdrom_xml(const std::string& medium) {
    const std::string source = medium.empty() ? "" : fmt::format("      <source file='{}'/>\n", escaped(medium));
    return fmt::format(
        "    <disk type='file' device='cdrom'>\n{}      <target dev='hdc'/>\n      <readonly/>\n    </disk>\n", source);
}

}  // namespace

std::string describe(const SimGuest& guest, const Held& held) {
    const std::uint64_t vcpus = held.vcpus == 0 ? guest.vcpus.size() : held.vcpus;
    std::string xml = fmt::format(
        "<domain type='test'>\n  <name>{}</name>\n  <uuid>{}</uuid>\n  <memory unit='KiB'>{}</memory>\n"
        "  <currentMemory unit='KiB'>{}</currentMemory>\n  <vcpu current='{}'>{}</vcpu>\n"
        "  <os>\n    <type arch='x86_64' machine='{}'>hvm</type>\n  </os>\n  <devices>\n",
        escaped(guest.name), guest.uuid.text(), guest.memory >> 10,
        (held.balloon != 0 ? held.balloon : guest.memory) >> 10, vcpus, guest.vcpus.size(), guest.machine);
    // The last disk and NIC are the spare ones, which come and go.
    for (std::size_t i = 0; i + 1 < guest.disks.size(); ++i) {
        xml += fmt::format(
            "    <disk type='file' device='disk'>\n      <source file='{}'/>\n      <target dev='{}'/>\n    </disk>\n",
            escaped(guest.disks[i].source), guest.disks[i].name);
    }
    xml += cdrom_xml(held.medium);
    for (std::size_t i = 0; i + 1 < guest.nics.size(); ++i) {
        xml += fmt::format(
            "    <interface type='bridge'>\n      <source bridge='br0'/>\n      <target dev='{}'/>\n    </interface>\n",
            guest.nics[i].name);
    }
    return xml + "    <graphics type='vnc'/>\n  </devices>\n</domain>\n";
}

Result<std::string> name_in(std::string_view xml) {
    constexpr std::string_view open = "<name>";
    const std::size_t domain = xml.find("<domain");
    const std::size_t at = domain == std::string_view::npos ? domain : xml.find(open, domain);
    const std::size_t end = at == std::string_view::npos ? at : xml.find("</name>", at);
    if (end == std::string_view::npos) {
        return fail(ErrorKind::malformed, "the definition names no guest: want <domain> with a <name>");
    }
    return std::string(xml.substr(at + open.size(), end - at - open.size()));
}

}  // namespace virtscope::simulated
