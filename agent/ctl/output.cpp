#include "agent/ctl/output.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "core/text.h"

namespace virtscope {

void print_json(const Json& json) {
    const std::string text = json.dump(2, ' ', false, Json::error_handler_t::replace);
    std::printf("%s\n", text.c_str());
}

int complain(const Error& error, int code) {
    std::fprintf(stderr, "virtscope: %s\n", error.message.c_str());
    return code;
}

void note(const std::string& text) { std::fprintf(stderr, "virtscope: %s\n", text.c_str()); }

void print_csv(const std::vector<std::string>& fields) {
    std::string line;
    for (const std::string& field : fields) {
        std::string text = printable(field, 4096);
        if (text.find_first_of(",\"") != std::string::npos) {
            for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2) text.insert(at, 1, '"');
            text.insert(0, 1, '"').push_back('"');
        }
        if (&field != fields.data()) line += ',';
        line += text;
    }
    std::printf("%s\n", line.c_str());
}

void print_table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t c = 0; c < row.size(); ++c) {
            widths[c] = std::max(widths[c], display_width(printable(row[c])));
        }
    }
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t c = 0; c < row.size(); ++c) {
            line += c + 1 == row.size() ? printable(row[c]) : fit(row[c], widths[c]) + "  ";
        }
        std::printf("%s\n", line.c_str());
    }
}

std::string human_value(const Metric& metric, std::uint64_t value) {
    switch (metric.unit) {
        case Unit::bytes: return human_bytes(value);
        case Unit::nanoseconds: return human_duration(static_cast<std::int64_t>(value));
        case Unit::epoch_nanoseconds: return iso_time(static_cast<std::int64_t>(value));
        case Unit::hertz: return fmt::format("{} MHz", value / 1'000'000);
        case Unit::thousandths: return fmt::format("{:.2f}", static_cast<double>(value) / 1000);
        case Unit::state: return std::string(state_name(state_of(value)));
        case Unit::flag: return value != 0 ? "yes" : "no";
        case Unit::count: break;
    }
    return fmt::format("{}", value);
}

Json cells_json(const Frame& frame, Scope scope, std::size_t row) {
    Json json = Json::object();
    const auto columns = metrics(scope);
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto value = frame.table(scope).get(row, c);
        if (!value) continue;
        const std::string name(columns[c].name);
        if (columns[c].unit == Unit::state) {
            json[name] = state_name(state_of(*value));
        } else {
            json[name] = *value;
        }
    }
    return json;
}

std::string iso_time(std::int64_t realtime) {
    const std::time_t seconds = realtime / 1'000'000'000;
    std::tm parts{};
    if (::gmtime_r(&seconds, &parts) == nullptr) return "-";
    char text[40];
    const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    return fmt::format("{}.{:03}Z", std::string_view(text, length), realtime / 1'000'000 % 1000);
}

}  // namespace virtscope
