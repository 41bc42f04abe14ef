// What xenstored says: paths of watches that fired, and values. The first byte says which kind of backend a value is of.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "drivers/xen/store.h"
#include "drivers/xen/store_paths.h"
#include "drivers/xen/store_reading.h"
#include "drivers/xen/store_values.h"

using namespace virtscope::xen;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

// A path that means one device, or one domain's, is the path we would read ourselves, or one below it.
void check_path(std::string_view path) {
    const auto change = change_of(path);
    if (!change) return;
    require(path.starts_with('/'));
    require(change->name || change->target || change->kinds != 0);
    Stale stale;
    stale.add(*change);
    require(stale.any());
    if (!change->domid) return;
    for (const Kind kind : all_kinds) {
        if ((change->kinds & bit_of(kind)) == 0) continue;
        const std::string own =
            change->device ? backend_path(kind, *change->domid, *change->device) : backend_path(kind, *change->domid);
        require(path.starts_with(own));
    }
}

void check_value(Kind kind, std::string_view value) {
    require(text_of(value).size() <= max_value);
    require(source_of(kind, value).size() <= max_value);
    require(start_time_of(value) >= 0);
    const auto number = number_of(value);
    const auto capacity = capacity_of(kind, value, std::nullopt);
    require(!capacity || (number && *capacity / 512 == *number));
    const auto by_size = capacity_of(kind, "8", value);
    require(!by_size || number);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)) + 1, size - 1);
    check_path(text);
    check_value(all_kinds[data[0] % all_kinds.size()], text);
    return 0;
}
