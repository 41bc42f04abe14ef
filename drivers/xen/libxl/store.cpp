#include "drivers/xen/libxl/store.h"

#include <algorithm>
#include <memory>

#include "drivers/xen/libxl/libxl.h"

namespace virtscope::libxl {

std::optional<std::string> store_value(const std::string& path) {
    const std::unique_ptr<xs_handle, decltype(&xs_close)> store(xs_open(0), &xs_close);
    if (store == nullptr) return std::nullopt;
    unsigned size = 0;
    const std::unique_ptr<void, decltype(&std::free)> value(xs_read(store.get(), XBT_NULL, path.c_str(), &size),
                                                            &std::free);
    if (value == nullptr) return std::nullopt;
    return std::string(static_cast<const char*>(value.get()), std::min(size, 1024U));
}

}  // namespace virtscope::libxl
