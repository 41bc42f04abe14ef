// A series as a table, CSV or JSON.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "agent/ctl/commands.h"
#include "agent/ctl/history_columns.h"
#include "core/history/series.h"

namespace virtscope {

struct HistoryView {
    std::string name;  // of the guest, or of the host
    std::optional<Uuid> guest;
    Scope own = Scope::Guest;
    std::vector<Column> columns;
    Statistic statistic;
    std::string statistic_name;
    std::chrono::nanoseconds step{0};
};

void print_history(const HistoryView& view, const Series& series, Format format);

}  // namespace virtscope
