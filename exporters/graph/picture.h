// Picture: RRDtool's arguments put together, and drawn.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "core/ring/reader.h"
#include "exporters/graph/recipe.h"

namespace virtscope::exporters::graph {

struct Picture {
    std::string file;  // *.png or *.svg
    std::string title;
    TimeRange range;
    unsigned width = 900, height = 400;  // of the whole picture, pixels
};

// "PNG" or "SVG" by the file's name. Errors: malformed.
Result<std::string> format_of(const std::string& file);

// Writes the file. False, and there is none: not one figure is known. Errors: unsupported (no librrd), system (the file
// cannot be written).
Result<bool> draw(const Picture& picture, const Recipe& recipe, const Defined& defined);

}  // namespace virtscope::exporters::graph
