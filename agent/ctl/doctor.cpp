// virtscope doctor: one line a finding, worst outcome as exit code.
#include <algorithm>

#include "agent/ctl/commands.h"
#include "agent/ctl/findings.h"
#include "agent/ctl/output.h"

namespace virtscope {
namespace {

const char* verdict_name(Verdict verdict) {
    switch (verdict) {
        case Verdict::ok: return "ok";
        case Verdict::warning: return "warning";
        case Verdict::failure: break;
    }
    return "failure";
}

void print(const Findings& findings, Format format) {
    if (format == Format::json) {
        Json list = Json::array();
        for (const Finding& finding : findings) {
            list.push_back({{"verdict", verdict_name(finding.verdict)},
                            {"subject", finding.subject},
                            {"detail", finding.detail},
                            {"fix", finding.fix}});
        }
        print_json({{"findings", std::move(list)}});
        return;
    }
    std::vector<std::vector<std::string>> rows;
    for (const Finding& finding : findings) {
        const std::string fix = finding.fix.empty() ? "" : " -> " + finding.fix;
        rows.push_back({verdict_name(finding.verdict), finding.subject, finding.detail + fix});
    }
    print_table(rows);
}

}  // namespace

int run_doctor(const Request& request) {
    Findings findings;
    examine_kernel(findings);
    examine_xen(findings);
    examine_ring(request.ring, findings);
    examine_guests(request.ring, findings);
    print(findings, request.format);
    const bool well = std::ranges::none_of(findings, [](const Finding& f) { return f.verdict == Verdict::failure; });
    return well ? exit_done : exit_not_well;
}

}  // namespace virtscope
