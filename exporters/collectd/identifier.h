// Fields of collectd's identifiers: host / plugin - plugin instance / type - type instance.
//
// They become names of files and folders at many a writer, so no field holds a '/', is empty, or is "." or "..". What
// collectd itself would do to a '/' is done here already (a leading one falls away, others become '_'), so that plugin
// and exec agree and what is distinct stays so.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace virtscope::exporters::collectd {

// Bytes; collectd's DATA_MAX_NAME_LEN without the NUL. A type, a '-', an instance and a date are no longer than a file
// name may be.
inline constexpr std::size_t longest_field = 127;

// `text`, from whom ever, as a field of at most `most` bytes of printable UTF-8, never cut inside a character.
std::string field(std::string_view text, std::size_t most = longest_field);

// `field` with `mark` at its end, cut before it where that gets too long.
std::string marked(std::string_view field, std::string_view mark);

}  // namespace virtscope::exporters::collectd
