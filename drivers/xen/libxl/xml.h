// Guests as domain XML, in the subset that docs/xen-lifecycle.md describes.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "drivers/xen/libxl/config.h"

namespace virtscope::libxl {

// A guest without a UUID gets one. Errors: malformed, unsupported (outside the subset), with the line.
Result<Config> read_xml_config(std::string_view text);

// read_xml_config() makes the same of it again, but for what the subset has no words for: CPU weight, cap and affinity,
// rates of interfaces, devices passed through.
std::string write_xml_config(const libxl_domain_config& config);

}  // namespace virtscope::libxl
