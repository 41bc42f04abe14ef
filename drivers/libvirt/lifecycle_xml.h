// Domain XML for orders: read without believing it, and changed as a tree, never as text.
#pragma once

#include <libxml/tree.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace virtscope::libvirt {

using XmlDocument = std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)>;

// A <domain>: no network, no document type and so no entities, at most 4 MiB and 64 levels. Errors: malformed.
Result<XmlDocument> parse_domain(std::string_view xml);

// "<unheard-of>": the first device that no libvirt known to us has, for a message when libvirt's own names none.
std::string unheard_of_device(const xmlDoc* document);

// The first child of that name or null; of null null.
xmlNode* xml_child(const xmlNode* parent, std::string_view name);
std::vector<xmlNode*> xml_children(const xmlNode* parent, std::string_view name);
std::string xml_text(const xmlNode* node);
std::string xml_attribute(const xmlNode* node, const char* name);  // empty: none
std::string xml_dump(xmlNode* node);

}  // namespace virtscope::libvirt
