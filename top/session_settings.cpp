#include "top/session_settings.h"

#include <fmt/format.h>

#include "core/text.h"
#include "top/options/settings.h"
#include "top/view/list/column.h"

namespace virtscope::top {
namespace {

// In every list that has the column; the others have their usual order.
void sort_lists(Session& session, const Options& options) {
    for (std::size_t list = 0; list < list_count; ++list) {
        Sorting& sorting = session.lists[list].sorting;
        const ColumnSpec* const by =
            options.sort.empty() ? nullptr : column_by_name(static_cast<View>(list), options.sort);
        if (by != nullptr) sorting.by = by;
        sorting.inverted = options.inverted;
    }
}

// What somebody chose for the list that is shown; what is usual for devices is not what guests are to be ordered by.
const Sorting& sorting_to_keep(const Session& session) {
    const Sorting& shown = session.of_list().sorting;
    const bool is_usual = shown.by == &usual_order(session.list) && !shown.inverted;
    return is_usual ? session.lists.front().sorting : shown;
}

std::string text_of(bool value) { return value ? "true" : "false"; }

}  // namespace

Session session_of(const Options& options) {
    Session session;
    session.options = options.figures;
    session.delay = options.delay;
    session.filter = options.filter;
    session.guests = options.guests;
    session.secure = options.secure;
    session.hints = options.drawing.hints;
    sort_lists(session, options);
    show(session, options.view);
    return session;
}

std::vector<SavedSetting> settings_of(const Options& options, const Session& session) {
    const Sorting& sorting = sorting_to_keep(session);
    const View view = session.view == View::help || session.view == View::detail ? session.list : session.view;
    std::vector<SavedSetting> settings{
        {"display", {std::string(view_name(view))}},
        {"delay", {delay_text(session.delay)}},
        {"hist-cpu", {delay_text(options.source.strip_step)}},
        {"sort", {std::string(sorting.by->name)}},
        {"reverse", {text_of(sorting.inverted)}, !sorting.inverted},
        {"block-in-bytes", {text_of(session.options.block_bytes)}, !session.options.block_bytes},
        {"cpu-base", {std::string(base_name(session.options.cpu_base))}, session.options.cpu_base == CpuBase::host},
        {"hints", {text_of(session.hints)}, session.hints}};
    if (!options.source.uris.empty()) settings.push_back({"connect", options.source.uris});
    return settings;
}

std::string save_settings(const Options& options, const Session& session) {
    const InitFile& file = options.init_file;
    if (!file.why_closed.empty()) return fmt::format("settings are not written: {}", file.why_closed);
    const auto written = save_init_file(file.path, settings_of(options, session));
    return written ? fmt::format("Wrote settings to {}", printable(*written)) : written.error().message;
}

}  // namespace virtscope::top
