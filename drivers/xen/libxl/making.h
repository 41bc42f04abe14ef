// What creating, restoring and restarting a domain have in common.
#pragma once

#include <cstdint>

#include "core/fd.h"
#include "core/result.h"
#include "drivers/xen/libxl/config.h"
#include "drivers/xen/libxl/library.h"

namespace virtscope::libxl {

inline constexpr auto no_domain = static_cast<std::uint32_t>(INVALID_DOMID);

// One domain is made at a time, else two would count on the same free memory. It is the lock that xl takes, too; it
// lasts as long as the descriptor. Errors: of the file.
Result<Fd> lock_making();

// Errors: busy (a domain of that name or UUID runs, or Xen has not enough memory left for it).
Result<> check_room(libxl_ctx* context, const Log& log, Config& config);

// Has a keeper (keeper.h) begin for the new domain. Errors: system; the domain is as it was then.
Result<> start_keeper(std::uint32_t domid, const Uuid& uuid);

}  // namespace virtscope::libxl
