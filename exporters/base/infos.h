// Info metrics: what is said of a host, guest or device in words. Each is a series with value 1 whose labels say it,
// beside those that identify the row (census.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/roster.h"

namespace virtscope::exporters {

struct InfoLabel {
    std::string_view name;
    std::string value;  // as exported_text() makes it; never empty
};

struct InfoFamily {
    Scope scope;
    std::string_view family;  // "virt_guest"; samples are called so with _info
    std::string_view help;
    // What there is to say of a row; what is not known is left out.
    std::vector<InfoLabel> (*describe)(const Roster& roster, std::uint32_t row);
};

std::span<const InfoFamily> info_families();

}  // namespace virtscope::exporters
