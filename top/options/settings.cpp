#include "top/options/settings.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/ranges.h>

#include "core/clock.h"
#include "core/text.h"
#include "core/time_text.h"
#include "top/options/sort_names.h"
#include "top/terminal/theme.h"

namespace virtscope::top {
namespace {

constexpr std::size_t shown = 40;  // bytes of a wrong value

template <class T>
struct Named {
    std::string_view name;
    T value;
};

constexpr std::array views{Named{"task", View::guests}, Named{"pcpu", View::pcpus},
                           Named{"net", View::nics},    Named{"block", View::disks},
                           Named{"vcpu", View::vcpus},  Named{"contention", View::contention},
                           Named{"host", View::host}};
constexpr std::array bases{Named{"host", CpuBase::host}, Named{"cpu", CpuBase::one_cpu},
                           Named{"vcpus", CpuBase::vcpus}};
constexpr std::array formats{Named{"classic", CsvFormat::classic}, Named{"long", CsvFormat::rows}};
constexpr std::array colours{Named{"auto", ColourChoice::automatic}, Named{"never", ColourChoice::never},
                             Named{"always", ColourChoice::always}, Named{"true", ColourChoice::automatic},
                             Named{"false", ColourChoice::never}};
constexpr std::array truths{Named{"true", true}, Named{"false", false}};

template <class T, std::size_t size>
Result<> choose(T& place, const std::array<Named<T>, size>& known, std::string_view value) {
    const auto found = std::ranges::find(known, value, &Named<T>::name);
    if (found == known.end()) {
        std::string names;
        for (const auto& one : known) names += (names.empty() ? "" : ", ") + std::string(one.name);
        return fail(ErrorKind::malformed, "'{}': must be one of {}", printable(value, shown), names);
    }
    place = found->value;
    return {};
}

template <class T, std::size_t size>
std::string_view name_in(const std::array<Named<T>, size>& known, T value) {
    const auto found = std::ranges::find(known, value, &Named<T>::value);
    return found == known.end() ? known.front().name : found->name;
}

Result<> set_text(std::string& place, std::string_view value, std::string_view form) {
    if (value.empty()) return fail(ErrorKind::malformed, "'': must be {}", form);
    place = value;
    return {};
}

Result<> set_delay(std::chrono::nanoseconds& place, std::string_view value) {
    const auto delay = parse_delay(value);
    if (!delay) return std::unexpected(delay.error());
    place = *delay;
    return {};
}

Result<> set_iterations(Draft& draft, std::string_view value) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool is_number = error == std::errc{} && end == value.data() + value.size() && number != 0;
    if (!is_number && value != "-1") {
        return fail(ErrorKind::malformed, "'{}': must be a number of iterations from 1, or -1 for no end",
                    printable(value, shown));
    }
    draft.options.iterations = is_number ? std::optional(number) : std::nullopt;
    return {};
}

Result<> set_sort(Draft& draft, std::string_view value) {
    if (!is_sort_name(value)) {
        return fail(ErrorKind::malformed, "'{}': must be one of {}", printable(value, shown),
                    fmt::join(sort_names(), ", "));
    }
    draft.options.sort = value;
    return {};
}

Result<> set_end_time(Draft& draft, std::string_view value) {
    const auto end = parse_end_time(value, clock_ns(CLOCK_REALTIME));
    if (!end) return std::unexpected(end.error());
    draft.options.end_time = *end;
    return {};
}

Result<> set_at(Draft& draft, std::string_view value) {
    const auto at = parse_time(value, clock_ns(CLOCK_REALTIME));
    if (!at) return std::unexpected(at.error());
    draft.options.source.at = *at;
    return {};
}

Result<> add_text(std::vector<std::string>& place, std::string_view value, std::string_view form) {
    std::string text;
    if (auto set = set_text(text, value, form); !set) return set;
    place.push_back(std::move(text));
    return {};
}

Result<> set_filter(Draft& draft, std::string_view value) {
    auto filter = Filter::parse(value);
    if (!filter) return std::unexpected(filter.error());
    draft.options.filter = std::move(*filter);
    return {};
}

Result<> set_theme(Draft& draft, std::string_view value) {
    if (find_theme(value) == nullptr) {
        return fail(ErrorKind::malformed, "'{}': must be one of {}", printable(value, shown),
                    fmt::join(theme_names(), ", "));
    }
    draft.options.drawing.theme = value;
    return {};
}

Result<> close_init_file(Draft& draft, std::string_view value) {
    bool is_open = true;
    if (auto set = choose(is_open, truths, value); !set) return set;
    if (!is_open) draft.options.init_file.why_closed = "overwrite-init-file false";
    return {};
}

constexpr std::array settings{
    Setting{"display", [](Draft& d, std::string_view value) { return choose(d.options.view, views, value); }},
    Setting{"delay", [](Draft& d, std::string_view value) { return set_delay(d.options.delay, value); }},
    Setting{"hist-cpu", [](Draft& d, std::string_view value) { return set_delay(d.options.source.strip_step, value); }},
    Setting{"iterations", set_iterations},
    Setting{"end-time", set_end_time},
    Setting{"sort", set_sort},
    Setting{"reverse", [](Draft& d, std::string_view value) { return choose(d.options.inverted, truths, value); }},
    Setting{"connect",
            [](Draft& d, std::string_view value) {
                return add_text(d.options.source.uris, value, "a URI such as qemu:///system");
            },
            Group::source},
    Setting{"ring",
            [](Draft& d, std::string_view value) { return set_text(d.options.source.ring, value, "a ring file"); },
            Group::source},
    Setting{"file",
            [](Draft& d, std::string_view value) {
                return set_text(d.options.source.file, value, "a recording or copy of a ring");
            },
            Group::source},
    Setting{"at", set_at},
    Setting{"control",
            [](Draft& d, std::string_view value) { return set_text(d.options.control, value, "a socket's path"); }},
    Setting{"debug", [](Draft& d, std::string_view value) { return set_text(d.options.debug, value, "a file"); }},
    Setting{"csv", [](Draft& d, std::string_view value) { return set_text(d.options.csv.file, value, "a file"); }},
    Setting{"csv-format",
            [](Draft& d, std::string_view value) { return choose(d.options.csv.format, formats, value); }},
    Setting{"csv-cpu", [](Draft& d, std::string_view value) { return choose(d.options.csv.cpu, truths, value); }},
    Setting{"csv-mem", [](Draft& d, std::string_view value) { return choose(d.options.csv.memory, truths, value); }},
    Setting{"csv-block", [](Draft& d, std::string_view value) { return choose(d.options.csv.block, truths, value); }},
    Setting{"csv-net", [](Draft& d, std::string_view value) { return choose(d.options.csv.net, truths, value); }},
    Setting{"batch", [](Draft& d, std::string_view value) { return choose(d.batch, truths, value); }, Group::mode},
    Setting{"script", [](Draft& d, std::string_view value) { return choose(d.script, truths, value); }, Group::mode},
    Setting{"stream", [](Draft& d, std::string_view value) { return choose(d.stream, truths, value); }, Group::mode},
    Setting{"secure", [](Draft& d, std::string_view value) { return choose(d.options.secure, truths, value); }},
    Setting{"readonly", [](Draft& d, std::string_view value) { return choose(d.options.readonly, truths, value); }},
    Setting{"block-in-bytes",
            [](Draft& d, std::string_view value) { return choose(d.options.figures.block_bytes, truths, value); }},
    Setting{"cpu-base",
            [](Draft& d, std::string_view value) { return choose(d.options.figures.cpu_base, bases, value); }},
    Setting{
        "guest",
        [](Draft& d, std::string_view value) { return add_text(d.options.guests, value, "a name, * and ? allowed"); },
        Group::guests},
    Setting{"filter", set_filter},
    Setting{"color", [](Draft& d, std::string_view value) { return choose(d.options.drawing.color, colours, value); }},
    Setting{"ascii", [](Draft& d, std::string_view value) { return choose(d.options.drawing.ascii, truths, value); }},
    Setting{"mouse", [](Draft& d, std::string_view value) { return choose(d.options.drawing.mouse, truths, value); }},
    Setting{"hints", [](Draft& d, std::string_view value) { return choose(d.options.drawing.hints, truths, value); }},
    Setting{"theme", set_theme},
    Setting{"overwrite-init-file", close_init_file},
};

}  // namespace

const Setting* find_setting(std::string_view keyword) {
    const auto found = std::ranges::find(settings, keyword, &Setting::keyword);
    return found == settings.end() ? nullptr : &*found;
}

void drop(Draft& draft, Group group) {
    SourceOptions& source = draft.options.source;
    switch (group) {
        case Group::none: return;
        case Group::mode: draft.batch = draft.script = draft.stream = false; return;
        case Group::guests: draft.options.guests.clear(); return;
        case Group::source:
            source.uris.clear();
            source.ring.clear();
            source.file.clear();
            return;
    }
}

std::string_view view_name(View view) { return name_in(views, view); }
std::string_view base_name(CpuBase base) { return name_in(bases, base); }

}  // namespace virtscope::top
