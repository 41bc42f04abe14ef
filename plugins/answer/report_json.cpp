#include "plugins/answer/report_json.h"

#include <cmath>

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

}  // namespace

std::string render_json(const Report& report) {
    Json json{{"state", status_name(report.status())},
              {"exit_code", static_cast<int>(report.status())},
              {"summary", text_of(status_line(report))},
              {"age_seconds", number_of(report.age)},
              {"findings", Json::array()},
              {"perfdata", Json::array()},
              {"notes", Json::array()}};
    for (const Finding& finding : report.findings) json["findings"].push_back(finding_json(finding));
    for (const Perf& perf : report.perf) json["perfdata"].push_back(perf_json(perf));
    for (const std::string& note : report.notes) json["notes"].push_back(text_of(note));
    return json.dump() + "\n";
}

std::string render_mp_test_json(const Report& report) {
    Json checks = Json::array();
    for (const Finding& finding : report.findings) {
        checks.push_back({{"output", text_of(finding.name.empty() ? finding.text : finding.name + " " + finding.text)},
                          {"state", status_name(finding.status)}});
    }
    Json perfdata = Json::array();
    for (const Perf& perf : report.perf) perfdata.push_back(mp_perf_json(perf));
    const Json all{{"output", text_of(status_line(report))},
                   {"state", status_name(report.status())},
                   {"checks", checks},
                   {"perfdata", perfdata}};
    return Json{{"state", status_name(report.status())}, {"checks", Json::array({all})}}.dump() + "\n";
}

}  // namespace virtscope::checks
