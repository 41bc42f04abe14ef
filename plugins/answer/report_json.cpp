#include "plugins/answer/report_json.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/text.h"

namespace virtscope::checks {
namespace {

using Json = nlohmann::ordered_json;

// Names come from guests; JSON's writer wants UTF-8.
std::string text_of(const std::string& text) { return harmless(text, 512); }

std::string range_of(const Perf& perf, std::optional<Range> Thresholds::*which) {
    if (perf.thresholds == nullptr || !(perf.thresholds->*which)) return {};
    return (*(perf.thresholds->*which)).text;
}

Json number_of(const std::optional<double>& value) {
    if (!value || !std::isfinite(*value)) return nullptr;
    return *value;
}

Json perf_json(const Perf& perf) {
    return {{"label", perf.label},
            {"value", number_of(perf.value)},
            {"unit", perf.unit},
            {"warning", range_of(perf, &Thresholds::warning)},
            {"critical", range_of(perf, &Thresholds::critical)}};
}

Json finding_json(const Finding& finding) {
    Json json{{"state", status_name(finding.status)}, {"guest", text_of(finding.name)}, {"text", text_of(finding.text)}};
    if (finding.guest != Uuid()) json["uuid"] = finding.guest.text();
    if (!finding.reason.empty()) json["reason"] = text_of(finding.reason);
    if (!finding.since.empty()) json["since"] = text_of(finding.since);
    if (!finding.why.empty()) json["why"] = text_of(finding.why);
    return json;
}

Json mp_perf_json(const Perf& perf) {
    Json value{{"type", "double"}, {"value", number_of(perf.value)}};
    if (!perf.value) value = "U";
    return {{"label", perf.label}, {"value", value}, {"uom", perf.unit}};
}

// The heads of a report's findings and perfdata that are shown.
struct Shown {
    std::vector<const Finding*> findings;
    std::size_t perf;
};

std::string json_of(const Report& report, const Shown& shown) {
    Json json{{"state", status_name(report.status())},
              {"exit_code", static_cast<int>(report.status())},
              {"summary", text_of(status_line(report))},
              {"age_seconds", number_of(report.age)},
              {"findings", Json::array()},
              {"perfdata", Json::array()},
              {"notes", Json::array()}};
    for (const Finding* const finding : shown.findings) json["findings"].push_back(finding_json(*finding));
    for (std::size_t i = 0; i < shown.perf; ++i) json["perfdata"].push_back(perf_json(report.perf[i]));
    for (const std::string& note : report.notes) json["notes"].push_back(text_of(note));
    const std::size_t findings = report.findings.size() - shown.findings.size();
    const std::size_t perf = report.perf.size() - shown.perf;
    if (findings + perf > 0) json["left_out"] = {{"findings", findings}, {"perfdata", perf}};
    return json.dump() + "\n";
}

std::string mp_test_json_of(const Report& report, const Shown& shown) {
    Json checks = Json::array();
    for (const Finding* const finding : shown.findings) {
        checks.push_back({{"output", text_of(finding->name.empty() ? finding->text : finding->name + " " + finding->text)},
                          {"state", status_name(finding->status)}});
    }
    const std::size_t findings = report.findings.size() - shown.findings.size();
    const std::size_t perf = report.perf.size() - shown.perf;
    if (findings + perf > 0) {
        checks.push_back({{"output", fmt::format("left out: {} findings, perfdata of {}", findings, perf)},
                          {"state", status_name(Status::ok)}});
    }
    Json perfdata = Json::array();
    for (std::size_t i = 0; i < shown.perf; ++i) perfdata.push_back(mp_perf_json(report.perf[i]));
    const Json all{{"output", text_of(status_line(report))},
                   {"state", status_name(report.status())},
                   {"checks", checks},
                   {"perfdata", perfdata}};
    return Json{{"state", status_name(report.status())}, {"checks", Json::array({all})}}.dump() + "\n";
}

// The largest number up to `most` for which `fits`, which holds for all that are smaller.
template <class Fits>
std::size_t most_that(std::size_t most, Fits fits) {
    std::size_t least = 0;
    while (least < most) {
        const std::size_t middle = least + (most - least + 1) / 2;
        if (fits(middle)) least = middle;
        else most = middle - 1;
    }
    return least;
}

template <class Render>
std::string within(const Report& report, std::optional<std::size_t> limit, Render render) {
    Shown all{.findings = {}, .perf = report.perf.size()};
    for (const Finding& finding : report.findings) all.findings.push_back(&finding);
    std::string whole = render(report, all);
    if (!limit || whole.size() <= *limit) return whole;
    // Those that are alike stay in their order, which is that of their addresses.
    std::ranges::sort(all.findings, [](const Finding* a, const Finding* b) {
        return a->status != b->status ? worse(a->status, b->status) == a->status : a < b;
    });
    const auto shown = [&](std::size_t findings, std::size_t perf) {
        return render(report, {.findings = {all.findings.begin(), all.findings.begin() + static_cast<std::ptrdiff_t>(findings)},
                               .perf = perf});
    };
    const std::size_t findings =
        most_that(all.findings.size(), [&](std::size_t count) { return shown(count, 0).size() <= *limit; });
    return shown(findings,
                 most_that(all.perf, [&](std::size_t count) { return shown(findings, count).size() <= *limit; }));
}

}  // namespace

std::string render_json(const Report& report, std::optional<std::size_t> limit) { return within(report, limit, json_of); }

std::string render_mp_test_json(const Report& report, std::optional<std::size_t> limit) {
    return within(report, limit, mp_test_json_of);
}

}  // namespace virtscope::checks
