#include "drivers/libvirt/definition.h"

#include <libxml/parser.h>
#include <charconv>
#include <memory>

#include "core/text.h"

namespace virtscope::libvirt {
namespace {

constexpr std::size_t largest = std::size_t{4} << 20;
constexpr std::size_t most_disks = 4096;
constexpr std::size_t most_displays = 16;
constexpr int deepest = 64;

using Document = std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)>;

std::string_view view(const xmlChar* text) { return text != nullptr ? reinterpret_cast<const char*>(text) : ""; }

bool is(const xmlNode* node, std::string_view name) {
    return node->type == XML_ELEMENT_NODE && view(node->name) == name;
}

const xmlNode* child(const xmlNode* parent, std::string_view name) {
    for (const xmlNode* node = parent != nullptr ? parent->children : nullptr; node != nullptr; node = node->next) {
        if (is(node, name)) return node;
    }
    return nullptr;
}

// Text and attributes are plain: a document that declares anything is refused before.
std::string text(const xmlNode* node) {
    return node != nullptr && node->children != nullptr ? std::string(view(node->children->content)) : std::string();
}

std::string attribute(const xmlNode* node, std::string_view name) {
    for (const xmlAttr* attr = node != nullptr ? node->properties : nullptr; attr != nullptr; attr = attr->next) {
        if (view(attr->name) == name && attr->children != nullptr) return std::string(view(attr->children->content));
    }
    return {};
}

bool is_deeper(const xmlNode* node, int levels) {
    for (; node != nullptr; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && (levels == 0 || is_deeper(node->children, levels - 1))) return true;
    }
    return false;
}

std::string source_of(const xmlNode* source) {
    for (const char* const name : {"file", "dev", "dir"}) {
        if (std::string path = attribute(source, name); !path.empty()) return path;
    }
    if (const std::string volume = attribute(source, "volume"); !volume.empty())
        return attribute(source, "pool") + "/" + volume;
    const std::string protocol = attribute(source, "protocol");
    return protocol.empty() ? std::string() : protocol + ":" + attribute(source, "name");
}

// <graphics type='vnc' port='5900'><listen type='address' address='0.0.0.0'/></graphics>; port -1: not chosen yet.
std::optional<DefinedDisplay> display_of(const xmlNode* graphics) {
    const xmlNode* const listen = child(graphics, "listen");
    DefinedDisplay display{.type = attribute(graphics, "type"),
                           .address = attribute(listen != nullptr ? listen : graphics,
                                                listen != nullptr ? "address" : "listen"),
                           .socket = attribute(listen != nullptr ? listen : graphics, "socket")};
    if (display.type != "vnc" && display.type != "spice") return std::nullopt;
    if (display.address.empty() && display.socket.empty()) return std::nullopt;  // nowhere, or nobody knows
    for (const char* const name : {"port", "tlsPort"}) {
        const std::string number = attribute(graphics, name);
        if (display.port == 0) (void)std::from_chars(number.data(), number.data() + number.size(), display.port);
    }
    return display;
}

std::optional<std::uint64_t> memory_of(const xmlNode* memory) {
    const std::string number = text(memory);
    std::uint64_t kib = 0;  // libvirt writes its answers in KiB
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), kib);
    if (memory == nullptr || parsed.ec != std::errc{} || kib > (UINT64_MAX >> 10)) return std::nullopt;
    return kib << 10;
}

}  // namespace

Result<Definition> parse_definition(std::string_view xml) {
    if (xml.size() > largest)
        return fail(ErrorKind::malformed, "domain XML of {} bytes; at most 4 MiB are read", xml.size());
    const Document document(
        xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr,
                      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA),
        xmlFreeDoc);
    if (document == nullptr) return fail(ErrorKind::malformed, "domain XML is not well-formed");
    if (document->intSubset != nullptr) return fail(ErrorKind::malformed, "domain XML declares entities or a DTD");
    const xmlNode* const root = xmlDocGetRootElement(document.get());
    if (root == nullptr || !is(root, "domain")) return fail(ErrorKind::malformed, "the XML is not of a domain");
    if (is_deeper(root, deepest))
        return fail(ErrorKind::malformed, "domain XML is nested deeper than {} levels", deepest);
    Definition definition;
    definition.machine = attribute(child(child(root, "os"), "type"), "machine");
    definition.memory_max = memory_of(child(root, "memory"));
    const xmlNode* const devices = child(root, "devices");
    for (const xmlNode* node = devices != nullptr ? devices->children : nullptr; node != nullptr; node = node->next) {
        const xmlNode* const target = child(node, "target");
        if (std::string dev = attribute(target, "dev");
            is(node, "interface") && !dev.empty() && definition.nics.size() < most_disks) {
            definition.nics.push_back(std::move(dev));
        }
        if (is(node, "graphics") && definition.displays.size() < most_displays) {
            if (auto display = display_of(node)) definition.displays.push_back(std::move(*display));
        }
        if (is(node, "channel") && attribute(target, "name") == "org.qemu.guest_agent.0") definition.guest_agent = true;
        if (!is(node, "disk") || definition.disks.size() == most_disks) continue;
        definition.disks.push_back({attribute(target, "dev"), source_of(child(node, "source")),
                                    attribute(target, "bus"), attribute(child(node, "alias"), "name")});
    }
    return definition;
}

}  // namespace virtscope::libvirt
