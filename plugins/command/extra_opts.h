// --extra-opts: options out of an INI file, as the Monitoring Plugins' C suite takes them.
//
//     --extra-opts                  section [check_virt] of the first of the suite's usual files that is there
//     --extra-opts=SECTION          that section of it
//     --extra-opts=SECTION@FILE     that section of FILE
//     --extra-opts=@FILE            section [check_virt] of FILE
//
// `warning = 80` in the section is `--warning=80`, a key alone is a flag; what the command line says comes after it
// and wins. Source: monitoring-plugins lib/parse_ini.c, lib/extra_opts.c and doc "Extra-Opts".
#pragma once

#include <string>
#include <vector>

#include "core/result.h"

namespace virtscope::checks {

// The arguments with all --extra-opts replaced by what they stand for, those first. Errors: absent, denied (the file),
// malformed (a section that is not there, a line that is none).
Result<std::vector<std::string>> expand_extra_opts(std::vector<std::string> arguments);

}  // namespace virtscope::checks
