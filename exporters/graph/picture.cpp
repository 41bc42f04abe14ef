#include "exporters/graph/picture.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <unistd.h>

#include "core/time_text.h"
#include "exporters/graph/dashes.h"
#include "exporters/graph/words.h"
#include "exporters/rrd/library.h"

namespace virtscope::exporters::graph {
namespace {

constexpr std::int64_t second = 1'000'000'000;

std::vector<std::string> frame_of(const Picture& picture, const Recipe& recipe, const std::string& format,
                                  const std::string& file) {
    const std::int64_t begin = picture.range.from / second, end = picture.range.to / second;
    std::vector<std::string> all{"graph",
                                 file,
                                 "--imgformat",
                                 format,
                                 "--start",
                                 std::to_string(begin),
                                 "--end",
                                 std::to_string(end),
                                 "--width",
                                 std::to_string(picture.width),
                                 "--height",
                                 std::to_string(picture.height),
                                 "--full-size-mode",
                                 "--title",
                                 picture.title,
                                 "--vertical-label",
                                 recipe.axis,
                                 "--base",
                                 std::to_string(recipe.base),
                                 "--slope-mode",
                                 "--disable-rrdtool-tag",
                                 "--border",
                                 "0",
                                 "--dynamic-labels",
                                 "--grid-dash",
                                 "1:2",
                                 "--left-axis-formatter",
                                 "numeric"};
    for (const char* const font : {"DEFAULT:8:DejaVu Sans Mono", "TITLE:12:DejaVu Sans", "AXIS:8:DejaVu Sans",
                                   "UNIT:8:DejaVu Sans", "LEGEND:8:DejaVu Sans Mono"}) {
        all.emplace_back("--font");
        all.emplace_back(font);
    }
    for (const char* const colour : {"BACK#FFFFFF", "CANVAS#FFFFFF", "FONT#333333", "AXIS#666666", "FRAME#666666",
                                     "ARROW#666666", "GRID#00000020", "MGRID#00000040"}) {
        all.emplace_back("--color");
        all.emplace_back(colour);
    }
    if (recipe.from_zero) all.insert(all.end(), {"--alt-autoscale-max", "--lower-limit", "0"});
    return all;
}

// The stretch, in words: an axis of hours does not say of which day.
std::string caption(const TimeRange& range) {
    return "COMMENT:" + escaped(local_time(range.from) + " to " + local_time(range.to) + " " + local_zone(range.to)) +
           "\\r";
}

// What the PRINTs among the arguments say, in order.
std::vector<std::string> prints_of(const rrd_info_t* info) {
    std::vector<std::string> all;
    for (; info != nullptr; info = info->next) {
        if (info->type == RD_I_STR && std::string_view(info->key).starts_with("print["))
            all.emplace_back(info->value.u_str);
    }
    return all;
}

Result<std::vector<std::string>> graph(std::vector<std::string> arguments, const std::string& file) {
    const auto library = rrd::load_library();
    if (!library) return std::unexpected(library.error());
    std::vector<char*> pointers;
    pointers.reserve(arguments.size());
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    (*library)->rrd_clear_error();
    rrd_info_t* const info = (*library)->rrd_graph_v(static_cast<int>(pointers.size()), pointers.data());
    if (info == nullptr) return std::unexpected((*library)->last_error(file));
    auto prints = prints_of(info);
    (*library)->rrd_info_free(info);
    return prints;
}

bool none_known(const std::vector<std::string>& printed) {
    return std::ranges::all_of(printed, [](const std::string& figure) { return figure.contains("nan"); });
}

// Whether there is anything in the picture.
Result<bool> graph_with_dashes(const std::vector<std::string>& arguments, const std::string& file) {
    auto asking = arguments;
    for (std::string& question : questions(arguments)) asking.push_back(std::move(question));
    const auto printed = graph(std::move(asking), file);
    if (!printed) return std::unexpected(printed.error());
    if (none_known(*printed)) return false;
    const auto drawn = graph(answered(arguments, *printed), file);
    if (!drawn) return std::unexpected(drawn.error());
    return true;
}

}  // namespace

Result<std::string> format_of(const std::string& file) {
    if (file.ends_with(".png")) return "PNG";
    if (file.ends_with(".svg")) return "SVG";
    return fail(ErrorKind::malformed, "{}: must end in .png or .svg", file);
}

Result<bool> draw(const Picture& picture, const Recipe& recipe, const Defined& defined) {
    const auto format = format_of(picture.file);
    if (!format) return std::unexpected(format.error());
    // Under its name only when it is whole.
    const std::string beside = fmt::format("{}.{}.part", picture.file, ::getpid());
    auto arguments = frame_of(picture, recipe, *format, beside);
    arguments.insert(arguments.end(), defined.arguments.begin(), defined.arguments.end());
    for (std::string& argument : recipe.draw(recipe, defined.unknown)) arguments.push_back(std::move(argument));
    arguments.push_back(caption(picture.range));
    auto drawn = graph_with_dashes(arguments, beside);
    if (drawn && *drawn && std::rename(beside.c_str(), picture.file.c_str()) != 0)
        drawn = fail_errno(errno, "{}: rename", picture.file);
    if (!drawn || !*drawn) ::unlink(beside.c_str());
    return drawn;
}

}  // namespace virtscope::exporters::graph
