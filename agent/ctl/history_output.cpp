#include "agent/ctl/history_output.h"

#include "agent/ctl/output.h"
#include "core/time_text.h"

namespace virtscope {
namespace {

std::optional<double> value_at(const HistoryView& view, const Series& series, std::size_t column, std::size_t row) {
    return figure(view.columns[column], series.columns[column][row], view.statistic);
}

void print_as_table(const HistoryView& view, const Series& series) {
    const bool fine = view.step.count() % 1'000'000'000 != 0 || view.step.count() == 0;
    std::vector<std::vector<std::string>> rows{{fmt::format("TIME ({})", local_zone(series.range.from))}};
    for (const Column& column : view.columns) rows[0].push_back(column_name(column, view.own));
    for (std::size_t r = 0; r < series.times.size(); ++r) {
        std::vector<std::string> row{local_time(series.times[r], fine)};
        for (std::size_t c = 0; c < view.columns.size(); ++c) {
            row.push_back(human_figure(view.columns[c], value_at(view, series, c, r)));
        }
        rows.push_back(std::move(row));
    }
    print_table(rows);
}

void print_as_csv(const HistoryView& view, const Series& series) {
    std::vector<std::string> line{"time"};
    for (const Column& column : view.columns) {
        line.push_back(fmt::format("{} [{}]", column_name(column, view.own), unit_name(column)));
    }
    print_csv(line);
    for (std::size_t r = 0; r < series.times.size(); ++r) {
        line = {iso_time(series.times[r])};
        for (std::size_t c = 0; c < view.columns.size(); ++c) {
            const auto value = value_at(view, series, c, r);
            line.push_back(value ? fmt::format("{}", *value) : "");
        }
        print_csv(line);
    }
}

Json columns_json(const HistoryView& view) {
    Json columns = Json::array();
    for (const Column& column : view.columns) {
        const Metric& metric = column.about();
        columns.push_back({{"name", column_name(column, view.own)},
                           {"unit", unit_name(column)},
                           {"kind", metric.kind == Kind::counter ? "counter" : "gauge"},
                           {"help", metric.help}});
    }
    return columns;
}

void print_as_json(const HistoryView& view, const Series& series) {
    Json json;
    json[view.guest ? "guest" : "host"] = view.name;
    if (view.guest) json["uuid"] = view.guest->text();
    json.update({{"from", iso_time(series.range.from)},
                 {"to", iso_time(series.range.to)},
                 {"step_ns", view.step.count()},
                 {"statistic", view.statistic_name},
                 {"frames", series.frames},
                 {"lost", series.lost},
                 {"columns", columns_json(view)}});
    Json rows = Json::array();
    for (std::size_t r = 0; r < series.times.size(); ++r) {
        Json values = Json::array();
        for (std::size_t c = 0; c < view.columns.size(); ++c) {
            const auto value = value_at(view, series, c, r);
            values.push_back(value ? Json(*value) : Json(nullptr));
        }
        rows.push_back({{"time", iso_time(series.times[r])}, {"values", std::move(values)}});
    }
    json["rows"] = std::move(rows);
    print_json(json);
}

}  // namespace

void print_history(const HistoryView& view, const Series& series, Format format) {
    switch (format) {
        case Format::json: return print_as_json(view, series);
        case Format::csv: return print_as_csv(view, series);
        case Format::table: break;
    }
    print_as_table(view, series);
}

}  // namespace virtscope
