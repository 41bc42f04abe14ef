#include "exporters/prometheus/inovex.h"

#include <array>
#include <unordered_set>

#include <fmt/format.h>

#include "exporters/prometheus/inovex_words.h"

namespace virtscope::exporters {
namespace {

struct Row {
    Scope scope;
    std::string_view name;
    Type type;
    std::size_t column;
    std::uint64_t divisor;
    std::string_view help;
};

#define INOVEX(scope, name, type, metric, divisor, help) \
    Row{Scope::scope, #name, Type::type, static_cast<std::size_t>(scope##Metric::metric), divisor, help},
constexpr std::array table{
#include "exporters/prometheus/inovex.def"
};

constexpr std::array scopes{Scope::Guest, Scope::Vcpu, Scope::Disk, Scope::Nic};

// OpenMetrics calls a counter by its name without _total.
Heading heading_of(const Row& row) {
    std::string_view family = row.name;
    if (row.type == Type::counter) family.remove_suffix(std::string_view("_total").size());
    return {family, row.name, row.type, "", row.help};
}

std::vector<std::string> distinct_domains(const Census& census) {
    std::vector<std::string> domains(census.roster()->guests.size());
    std::unordered_set<std::string> taken{""};
    for (const std::uint32_t guest : census.rows(Scope::Guest)) {
        domains[guest] = census.guest(guest);
        // A guest may be called like another one's UUID.
        for (unsigned n = 0; !taken.insert(domains[guest]).second; ++n) {
            domains[guest] = census.uuid(guest) + (n == 0 ? "" : fmt::format("#{}", n));
        }
    }
    return domains;
}

Labels labels_of(const Census& census, const std::vector<std::string>& domains, Scope scope, std::uint32_t row) {
    Labels labels;
    const std::uint32_t guest = scope == Scope::Guest ? row : census.roster()->instances(scope)[row].guest;
    labels.add("domain", domains[guest]);
    if (scope == Scope::Vcpu) labels.add("vcpu", census.instance(scope, row));
    if (scope == Scope::Disk || scope == Scope::Nic) labels.add("target_device", census.instance(scope, row));
    return labels;
}

void write_row(const PageWriter& writer, const Frame& frame, const Census& census, const LabelTexts& labels,
               const Row& row) {
    const Heading heading = heading_of(row);
    const Table& cells = frame.table(row.scope);
    const auto rows = census.rows(row.scope);
    writer.family(heading, [&](FamilyWriter& family) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (const auto cell = cells.get(rows[i], row.column))
                family.sample(labels.at(row.scope, i), *cell, row.divisor);
        }
    });
}

}  // namespace

InovexTexts::InovexTexts(const Census& census)
    : domains_(distinct_domains(census)),
      labels_(census, scopes, [&](Scope scope, std::uint32_t row) { return labels_of(census, domains_, scope, row); }) {
}

void write_inovex(const PageWriter& writer, const Frame& frame, const Census& census, const InovexTexts& texts) {
    write_inovex_words(writer, frame, census, texts);
    for (const Row& row : table) write_row(writer, frame, census, texts.labels(), row);
}

}  // namespace virtscope::exporters
