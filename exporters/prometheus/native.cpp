#include "exporters/prometheus/native.h"

#include <algorithm>
#include <array>

#include "exporters/base/infos.h"
#include "exporters/base/names.h"

namespace virtscope::exporters {
namespace {

constexpr auto every_scope = [] {
    std::array<Scope, scope_count> scopes{};
    for (std::size_t s = 0; s < scope_count; ++s) scopes.at(s) = static_cast<Scope>(s);
    return scopes;
}();

std::vector<std::string> info_texts(const Census& census, const InfoFamily& family) {
    std::vector<std::string> texts;
    for (const std::uint32_t row : census.rows(family.scope)) {
        const Labels identity = census.labels(family.scope, row);
        std::vector<Label> labels(identity.all().begin(), identity.all().end());
        const auto said = family.describe(*census.roster(), row);
        if (said.empty()) continue;
        for (const InfoLabel& label : said) labels.push_back({label.name, label.value});
        append_labels(texts.emplace_back(), labels);
    }
    return texts;
}

void write_infos(const PageWriter& writer, const NativeTexts& texts) {
    const auto families = info_families();
    for (std::size_t i = 0; i < families.size(); ++i) {
        const std::string name = std::string(families[i].family) + "_info";
        const Heading heading{families[i].family, name, Type::info, "", families[i].help};
        writer.family(heading, [&](FamilyWriter& family) {
            for (const std::string& labels : texts.infos(i)) family.sample(labels, 1, 1);
        });
    }
}

void write_states(FamilyWriter& family, std::string_view labels, std::string_view set, GuestState now) {
    for (std::size_t s = 0; s < guest_state_count; ++s) {
        const auto state = static_cast<GuestState>(s);
        family.state(labels, set, state_name(state), state == now);
    }
}

void write_metric(const PageWriter& writer, const Frame& frame, const Census& census, const LabelTexts& labels,
                  const ExportedMetric& metric) {
    const Type type = metric.is_state ? Type::stateset : metric.kind == Kind::counter ? Type::counter : Type::gauge;
    const Table& table = frame.table(metric.scope);
    const auto rows = census.rows(metric.scope);
    writer.family({metric.family, metric.name, type, metric.unit, metric.help}, [&](FamilyWriter& family) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (!table.has(rows[i], metric.column)) continue;
            const std::uint64_t cell = table.cells(rows[i])[metric.column];
            if (metric.is_state) {
                write_states(family, labels.at(metric.scope, i), metric.family, state_of(cell));
            } else {
                family.sample(labels.at(metric.scope, i), cell, metric.divisor);
            }
        }
    });
}

// A row of the future is of now: clocks of two CPUs may differ by a little.
std::uint64_t age_of_row(const Row& row, const Now& now) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, now.monotonic - row.time));
}

void write_ages(const PageWriter& writer, const Frame& frame, const Census& census, const LabelTexts& labels,
                const Now& now) {
    if (now.boot_id.empty() || frame.roster->host.boot_id != now.boot_id) return;
    const auto rows = census.rows(Scope::Guest);
    constexpr Heading heading{"virt_guest_sample_age_seconds", "virt_guest_sample_age_seconds", Type::gauge, "seconds",
                              "How long ago the guest's values were read; all of them are of the ring's newest sample"};
    writer.family(heading, [&](FamilyWriter& family) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            family.sample(labels.at(Scope::Guest, i), age_of_row(frame.table(Scope::Guest).row(rows[i]), now),
                          1'000'000'000);
        }
    });
}

void write_qualities(const PageWriter& writer, const Frame& frame, const Census& census, const LabelTexts& labels) {
    const auto rows = census.rows(Scope::Guest);
    constexpr Heading heading{"virt_guest_quality", "virt_guest_quality", Type::stateset, "",
                              "How good the guest's values are; stale: what only its hypervisor tells is absent"};
    writer.family(heading, [&](FamilyWriter& family) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const Quality quality = frame.table(Scope::Guest).row(rows[i]).quality;
            for (std::size_t q = 0; q < quality_count; ++q) {
                const auto one = static_cast<Quality>(q);
                family.state(labels.at(Scope::Guest, i), heading.family, quality_name(one), one == quality);
            }
        }
    });
}

}  // namespace

NativeTexts::NativeTexts(const Census& census)
    : labels_(census, every_scope, [&](Scope scope, std::uint32_t row) { return census.labels(scope, row); }) {
    for (const InfoFamily& family : info_families()) infos_.push_back(info_texts(census, family));
}

void write_native(const PageWriter& writer, const Frame& frame, const Census& census, const NativeTexts& texts,
                  const Now& now) {
    write_infos(writer, texts);
    for (const ExportedMetric& metric : exported_metrics()) write_metric(writer, frame, census, texts.labels(), metric);
    write_ages(writer, frame, census, texts.labels(), now);
    write_qualities(writer, frame, census, texts.labels());
}

}  // namespace virtscope::exporters
