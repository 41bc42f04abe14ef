#include "drivers/qemu/definitions/xml.h"

#include <algorithm>
#include <memory>
#include <mutex>

#include <libxml/parser.h>
#include <libxml/xmlreader.h>

#include "core/text.h"

namespace virtscope::qemu {
namespace {

std::string text_of(const xmlChar* text) {
    return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text));
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

struct Complaint {
    std::string text;
    int line = 0;
};

// The first complaint names the cause; those after it are its consequences.
void complain(void* to, const char* text, xmlParserSeverities, xmlTextReaderLocatorPtr where) {
    auto& complaint = *static_cast<Complaint*>(to);
    if (!complaint.text.empty()) return;
    complaint.text = printable(trimmed(text));
    complaint.line = xmlTextReaderLocatorLineNumber(where);
}

struct FreeReader {
    void operator()(xmlTextReader* reader) const { xmlFreeTextReader(reader); }
};
using Reader = std::unique_ptr<xmlTextReader, FreeReader>;

// Builds the tree as the reader walks, so that a document is refused before it is all in memory.
class Builder {
public:
    explicit Builder(xmlTextReader* reader) : reader_(reader) {}

    Result<> node() {
        switch (xmlTextReaderNodeType(reader_)) {
            case XML_READER_TYPE_DOCUMENT_TYPE: return refuse("a DOCTYPE is not accepted; remove it");
            case XML_READER_TYPE_ENTITY_REFERENCE: return refuse("an entity that XML itself does not have");
            case XML_READER_TYPE_ELEMENT: return begin();
            case XML_READER_TYPE_END_ELEMENT: open_.pop_back(); return {};
            case XML_READER_TYPE_TEXT:
            case XML_READER_TYPE_CDATA:
                if (!open_.empty()) open_.back()->text += text_of(xmlTextReaderConstValue(reader_));
                return {};
            default: return {};
        }
    }
    Element take() { return std::move(root_); }

private:
    std::unexpected<Error> refuse(std::string_view why) const {
        return fail(ErrorKind::malformed, "line {}: {}", xmlTextReaderGetParserLineNumber(reader_), why);
    }

    Result<> begin() {
        if (open_.size() >= xml_most_depth) return refuse("elements are nested too deeply");
        if (++elements_ > xml_most_elements) return refuse("more elements than a guest can need");
        Element element;
        element.name = text_of(xmlTextReaderConstLocalName(reader_));
        // The element's own: the parser may have read some hundred bytes beyond it.
        element.line = static_cast<int>(xmlGetLineNo(xmlTextReaderCurrentNode(reader_)));
        const bool empty = xmlTextReaderIsEmptyElement(reader_) == 1;
        while (xmlTextReaderMoveToNextAttribute(reader_) == 1) {
            std::string name = text_of(xmlTextReaderConstName(reader_));
            if (name == "xmlns" || name.starts_with("xmlns:")) continue;
            element.attributes.emplace_back(std::move(name), text_of(xmlTextReaderConstValue(reader_)));
        }
        Element* made = &root_;
        if (open_.empty()) {
            root_ = std::move(element);
        } else {
            // The elements that are open lie on one path: none of them is moved by its parent's growing.
            made = &open_.back()->children.emplace_back(std::move(element));
        }
        open_.push_back(made);
        if (!empty) return {};
        open_.pop_back();
        return {};
    }

    xmlTextReader* reader_;
    Element root_;
    std::vector<Element*> open_;
    std::size_t elements_ = 0;
};

void trim(Element& element) {
    element.text = trimmed(element.text);
    for (Element& child : element.children) trim(child);
}

}  // namespace

const Element* Element::child(std::string_view child_name) const {
    const auto found = std::ranges::find(children, child_name, &Element::name);
    return found != children.end() ? &*found : nullptr;
}

const std::string* Element::attribute(std::string_view attribute_name) const {
    for (const auto& [key, text_there] : attributes) {
        if (key == attribute_name) return &text_there;
    }
    return nullptr;
}

std::string_view Element::value(std::string_view attribute_name) const {
    const std::string* found = attribute(attribute_name);
    return found != nullptr ? std::string_view(*found) : std::string_view();
}

std::string_view Element::text_of(std::string_view child_name) const {
    const Element* found = child(child_name);
    return found != nullptr ? std::string_view(found->text) : std::string_view();
}

Result<Element> read_xml(std::string_view text) {
    if (text.size() > xml_most_bytes) return fail(ErrorKind::malformed, "the document is longer than 4 MiB");
    if (text.find('\0') != std::string_view::npos) return fail(ErrorKind::malformed, "the document holds a NUL byte");
    static std::once_flag once;
    std::call_once(once, [] { xmlInitParser(); });
    const Reader reader(xmlReaderForMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr,
                                           XML_PARSE_NONET | XML_PARSE_NOCDATA));
    if (!reader) return fail(ErrorKind::system, "the XML reader cannot be made");
    Complaint complaint;
    xmlTextReaderSetErrorHandler(reader.get(), complain, &complaint);
    Builder builder(reader.get());
    int more = 0;
    while ((more = xmlTextReaderRead(reader.get())) == 1) {
        if (auto taken = builder.node(); !taken) return std::unexpected(taken.error());
    }
    if (more < 0) {
        return fail(ErrorKind::malformed, "line {}: {}", complaint.line,
                    complaint.text.empty() ? "no XML" : complaint.text);
    }
    Element root = builder.take();
    trim(root);
    return root;
}

std::string xml_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&apos;"; break;
            default: out += c;
        }
    }
    return out;
}

std::string write_xml(const Element& element, std::size_t indent) {
    const std::string margin(indent, ' ');
    std::string out = margin + "<" + element.name;
    for (const auto& [name, value] : element.attributes) out += " " + name + "='" + xml_escaped(value) + "'";
    if (element.children.empty()) {
        if (element.text.empty()) return out + "/>\n";
        return out + ">" + xml_escaped(element.text) + "</" + element.name + ">\n";
    }
    out += ">" + xml_escaped(element.text) + "\n";
    for (const Element& child : element.children) out += write_xml(child, indent + 2);
    return out + margin + "</" + element.name + ">\n";
}

}  // namespace virtscope::qemu
