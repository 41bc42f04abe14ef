#include "exporters/base/names.h"

#include <array>
#include <charconv>
#include <vector>

#include <fmt/format.h>

namespace virtscope::exporters {
namespace {

struct BaseUnit {
    std::string_view name;
    std::uint64_t divisor;
};

BaseUnit base_unit(Unit unit) {
    switch (unit) {
        case Unit::bytes: return {"bytes", 1};
        case Unit::nanoseconds:
        case Unit::epoch_nanoseconds: return {"seconds", 1'000'000'000};
        case Unit::hertz: return {"hertz", 1};
        case Unit::thousandths: return {"", 1000};
        case Unit::count:
        case Unit::state:
        case Unit::flag: break;
    }
    return {"", 1};
}

std::string family_of(const Metric& metric, std::string_view unit) {
    std::string family = fmt::format("virt_{}_{}", scope_name(metric.scope), metric.name);
    const std::string suffix = fmt::format("_{}", unit);
    if (!unit.empty() && !family.ends_with(suffix)) family += suffix;
    return family;
}

ExportedMetric export_metric(const Metric& metric, std::size_t column) {
    const BaseUnit unit = base_unit(metric.unit);
    std::string family = family_of(metric, unit.name);
    std::string name = metric.kind == Kind::counter ? family + "_total" : family;
    return {.scope = metric.scope,
            .column = column,
            .family = std::move(family),
            .name = std::move(name),
            .unit = unit.name,
            .help = metric.help,
            .kind = metric.kind,
            .divisor = unit.divisor,
            .is_state = metric.unit == Unit::state};
}

struct Exported {
    std::vector<ExportedMetric> all;
    std::array<std::size_t, scope_count + 1> first{};  // of each scope in `all`
};

const Exported& exported_once() {
    static const Exported made = [] {
        Exported exported;
        for (std::size_t s = 0; s < scope_count; ++s) {
            const auto rows = metrics(static_cast<Scope>(s));
            for (std::size_t c = 0; c < rows.size(); ++c) exported.all.push_back(export_metric(rows[c], c));
            exported.first.at(s + 1) = exported.all.size();
        }
        return exported;
    }();
    return made;
}

}  // namespace

std::span<const ExportedMetric> exported_metrics() { return exported_once().all; }

std::span<const ExportedMetric> exported_metrics(Scope scope) {
    const Exported& exported = exported_once();
    const auto s = static_cast<std::size_t>(scope);
    return exported_metrics().subspan(exported.first.at(s), exported.first.at(s + 1) - exported.first.at(s));
}

double in_base_unit(const ExportedMetric& metric, std::uint64_t cell) {
    return static_cast<double>(cell) / static_cast<double>(metric.divisor);
}

char* put_decimal(char* to, std::uint64_t cell, std::uint64_t divisor) {
    char* const whole = std::to_chars(to, to + longest_decimal, cell / divisor).ptr;
    std::uint64_t rest = cell % divisor;
    if (rest == 0) return whole;
    *whole = '.';
    char* end = whole + 1;
    for (std::uint64_t place = divisor; place > 1; place /= 10) ++end;
    for (char* digit = end; digit != whole + 1; rest /= 10) *--digit = static_cast<char>('0' + rest % 10);
    while (end[-1] == '0') --end;
    return end;
}

void append_decimal(std::string& out, std::uint64_t cell, std::uint64_t divisor) {
    std::array<char, longest_decimal> digits{};
    out.append(digits.begin(), put_decimal(digits.begin(), cell, divisor));
}

}  // namespace virtscope::exporters
