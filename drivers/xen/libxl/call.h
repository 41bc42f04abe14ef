// What a verb is called with, and the domain that it is about.
#pragma once

#include <cstdint>
#include <string>

#include "drivers/lifecycle.h"
#include "drivers/xen/libxl/config.h"
#include "drivers/xen/libxl/library.h"
#include "drivers/xen/libxl/output.h"

namespace virtscope::libxl {

struct Call {
    const Order& order;
    libxl_ctx* context;
    Log& log;
    Output& output;

    std::unexpected<Error> failed(int code, std::string_view what) const { return libxl::failed(code, what, log); }
};

// A domain as it was when it was looked up.
class Domain {
public:
    Domain() { libxl_dominfo_init(&info_); }
    Domain(Domain&& other) noexcept : info_(other.info_) { libxl_dominfo_init(&other.info_); }
    Domain& operator=(Domain&&) = delete;
    ~Domain() { libxl_dominfo_dispose(&info_); }

    libxl_dominfo* get() { return &info_; }
    const libxl_dominfo* operator->() const { return &info_; }
    std::uint32_t id() const { return info_.domid; }
    bool is_host() const { return info_.domid == 0; }
    bool is_pv() const { return info_.domain_type == LIBXL_DOMAIN_TYPE_PV; }

private:
    libxl_dominfo info_{};
};

// The domain that the order means. Errors: absent (there is none, or its number is another's by now), and of
// libxenlight.
Result<Domain> find_domain(const Call& call);
// The same, but Domain-0, which is the host itself: unsupported.
Result<Domain> find_guest(const Call& call);

Result<Config> configuration_of(const Call& call, const Domain& domain);

// The end of every verb that found nothing against it.
inline Answer said(std::string text) { return {false, std::move(text), {}}; }
inline Answer already(std::string text) { return {true, std::move(text), {}}; }

}  // namespace virtscope::libxl
