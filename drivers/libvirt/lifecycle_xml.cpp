#include "drivers/libvirt/lifecycle_xml.h"

#include <libxml/parser.h>
#include <algorithm>
#include <array>

#include "core/text.h"

namespace virtscope::libvirt {
namespace {

constexpr std::size_t largest = std::size_t{4} << 20;
constexpr int deepest = 64;

using Parser = std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)>;

std::string_view view(const xmlChar* text) { return text != nullptr ? reinterpret_cast<const char*>(text) : ""; }
const xmlChar* chars(const char* text) { return reinterpret_cast<const xmlChar*>(text); }

std::string owned(xmlChar* text) {
    std::string copy(view(text));
    xmlFree(text);
    return copy;
}

// A document type is where entities come from: reading ends before the first is declared.
void refuse_type(void* parser, const xmlChar*, const xmlChar*, const xmlChar*) {
    auto* const context = static_cast<xmlParserCtxt*>(parser);
    *static_cast<bool*>(context->_private) = true;
    xmlStopParser(context);
}

bool is_deeper(const xmlNode* node, int levels) {
    for (; node != nullptr; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && (levels == 0 || is_deeper(node->children, levels - 1))) return true;
    }
    return false;
}

std::string why(xmlParserCtxt* parser) {
    const auto* const error = xmlCtxtGetLastError(parser);
    if (error == nullptr || error->message == nullptr) return "it is empty";
    std::string_view message = error->message;
    while (message.ends_with('\n')) message.remove_suffix(1);
    return fmt::format("line {}: {}", error->line, printable(message, 256));
}

}  // namespace

Result<XmlDocument> parse_domain(std::string_view xml) {
    if (xml.size() > largest) return fail(ErrorKind::malformed, "domain XML of {} bytes; at most 4 MiB are taken", xml.size());
    const Parser parser(xmlNewParserCtxt(), xmlFreeParserCtxt);
    if (parser == nullptr) return fail(ErrorKind::system, "no memory to read domain XML");
    bool has_type = false;
    parser->_private = &has_type;
    parser->sax->internalSubset = refuse_type;
    XmlDocument document(xmlCtxtReadMemory(parser.get(), xml.data(), static_cast<int>(xml.size()), nullptr, nullptr,
                                           XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA),
                         xmlFreeDoc);
    if (has_type) return fail(ErrorKind::malformed, "domain XML declares a document type or entities; remove <!DOCTYPE>");
    if (document == nullptr) return fail(ErrorKind::malformed, "domain XML is not well-formed: {}", why(parser.get()));
    const xmlNode* const root = xmlDocGetRootElement(document.get());
    if (root == nullptr || view(root->name) != "domain") {
        return fail(ErrorKind::malformed, "the XML is of a <{}>, not of a <domain>",
                    printable(root != nullptr ? view(root->name) : "", 64));
    }
    if (is_deeper(root, deepest)) return fail(ErrorKind::malformed, "domain XML is nested deeper than {} levels", deepest);
    return document;
}

std::string unheard_of_device(const xmlDoc* document) {
    constexpr std::array<std::string_view, 31> known{
        "audio",     "channel", "console", "controller", "crypto",   "disk",        "emulator",  "filesystem",
        "graphics",  "hostdev", "hub",     "input",      "interface", "iommu",      "lease",     "memballoon",
        "memory",    "nvram",   "panic",   "parallel",   "redirdev", "redirfilter", "rng",       "serial",
        "shmem",     "smartcard", "sound", "tpm",        "video",    "vsock",       "watchdog"};
    const xmlNode* const devices = xml_child(xmlDocGetRootElement(document), "devices");
    for (const xmlNode* node = devices != nullptr ? devices->children : nullptr; node != nullptr; node = node->next) {
        if (node->type != XML_ELEMENT_NODE || node->ns != nullptr) continue;
        if (std::ranges::find(known, view(node->name)) == known.end()) return "<" + printable(view(node->name), 64) + ">";
    }
    return {};
}

xmlNode* xml_child(const xmlNode* parent, std::string_view name) {
    for (xmlNode* node = parent != nullptr ? parent->children : nullptr; node != nullptr; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && view(node->name) == name) return node;
    }
    return nullptr;
}

std::vector<xmlNode*> xml_children(const xmlNode* parent, std::string_view name) {
    std::vector<xmlNode*> found;
    for (xmlNode* node = xml_child(parent, name); node != nullptr; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && view(node->name) == name) found.push_back(node);
    }
    return found;
}

std::string xml_text(const xmlNode* node) { return node != nullptr ? owned(xmlNodeGetContent(node)) : std::string(); }

std::string xml_attribute(const xmlNode* node, const char* name) {
    return node != nullptr ? owned(xmlGetNoNsProp(node, chars(name))) : std::string();
}

std::string xml_dump(xmlNode* node) {
    const std::unique_ptr<xmlBuffer, decltype(&xmlBufferFree)> buffer(xmlBufferCreate(), xmlBufferFree);
    if (buffer == nullptr || xmlNodeDump(buffer.get(), node->doc, node, 0, 0) < 0) return {};
    return std::string(view(xmlBufferContent(buffer.get())));
}

}  // namespace virtscope::libvirt
