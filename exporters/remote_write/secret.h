// Secrets come from files and never from the command line, which every user of the host can read.
#pragma once

#include <string>

#include "core/result.h"

namespace virtscope::exporters::remote_write {

// The file's one line: a token, or "user:password". Errors: denied, also where every user can read it; absent;
// malformed: empty, too long, or with characters that a header cannot have.
Result<std::string> read_secret(const std::string& path);

// That a file can be read; a key not by every user; PEM with such a block in it ("CERTIFICATE", "PRIVATE KEY").
Result<> check_pem(const std::string& path, const std::string& block, bool secret);

}  // namespace virtscope::exporters::remote_write
