// The answer of a check as JSON, for programs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "plugins/answer/report.h"

namespace virtscope::checks {

// {"state":"WARNING","exit_code":1,"summary":…,"age_seconds":0.4,"findings":[{state,guest,uuid,text,
//  reason,since,why}],
//  "perfdata":[{label,value|null,unit,warning,critical}],"notes":[…]}
// What does not fit into `limit` bytes (none: all does) is left out, the worst findings last, and that is said in
// "left_out":{"findings":3,"perfdata":10}.
std::string render_json(const Report& report, std::optional<std::size_t> limit = {});

// As the Monitoring Plugins print it with --output-format mp-test-json (lib/output.c): one subcheck a finding.
// `limit`: likewise, said as the last of its checks.
std::string render_mp_test_json(const Report& report, std::optional<std::size_t> limit = {});

}  // namespace virtscope::checks
