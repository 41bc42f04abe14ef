// A context of libxenlight, and what is the same for all calls into it.
#pragma once

#include <memory>
#include <string_view>

#include "core/result.h"
#include "drivers/xen/libxl/libxl.h"
#include "drivers/xen/libxl/log.h"

namespace virtscope::libxl {

using Context = std::unique_ptr<libxl_ctx, decltype(&libxl_ctx_free)>;

// `log` must outlive it. Errors: unsupported (no Domain-0, or another Xen runs than this was built for), denied,
// system.
Result<Context> open_context(Log& log);

// What libxenlight's `code` (negative) means: "`what`: " and what it said first, or what the code is called.
std::unexpected<Error> failed(int code, std::string_view what, const Log& log);

}  // namespace virtscope::libxl
