// The answer of a check as JSON, for programs.
#pragma once

#include <string>

#include "plugins/answer/report.h"

namespace virtscope::checks {

// {"state":"WARNING","exit_code":1,"summary":…,"age_seconds":0.4,"findings":[{state,guest,uuid,text,
//  reason,since,why}],
//  "perfdata":[{label,value|null,unit,warning,critical}],"notes":[…]}
std::string render_json(const Report& report);

// As the Monitoring Plugins print it with --output-format mp-test-json (lib/output.c): one subcheck a finding.
std::string render_mp_test_json(const Report& report);

}  // namespace virtscope::checks
