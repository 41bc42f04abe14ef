#include "top/view/line_builder.h"

#include <algorithm>
#include <utility>

#include "core/text.h"

namespace virtscope::top {

LineBuilder& LineBuilder::add(std::string_view text, Style style) {
    const std::string shown = printable(text, text.size());
    const std::size_t width = display_width(shown);
    if (style != Style::plain && width != 0) line_.spans.push_back({width_, width, style});
    line_.text += shown;
    width_ += width;
    return *this;
}

LineBuilder& LineBuilder::pad_to(std::size_t column) {
    if (width_ >= column) return *this;
    line_.text.append(column - width_, ' ');
    width_ = column;
    return *this;
}

LineBuilder& LineBuilder::add(const Line& line, std::size_t width) {
    const std::size_t begin = width_;
    add(line.text);
    if (line.style != Style::plain) line_.spans.push_back({begin, std::max(width, width_ - begin), line.style});
    if (line.style != Style::plain) return *this;
    for (const Span& span : line.spans) line_.spans.push_back({begin + span.column, span.width, span.style});
    return *this;
}

Line LineBuilder::take(std::size_t width) {
    Line line = std::exchange(line_, {});
    line.text = clip(line.text, width);
    std::erase_if(line.spans, [&](const Span& span) { return span.column >= width; });
    width_ = 0;
    return line;
}

}  // namespace virtscope::top
