#include "drivers/qemu/definitions/domain_size.h"

#include <algorithm>

#include "core/text.h"

namespace virtscope::qemu {

std::uint64_t read_memory(const Element& element, Subset& subset) {
    subset.only(element, {"unit"});
    struct Unit {
        std::string_view name;
        std::uint64_t bytes;
    };
    static constexpr Unit units[] = {{"", 1024},
                                     {"b", 1},
                                     {"bytes", 1},
                                     {"KB", 1000},
                                     {"k", 1024},
                                     {"K", 1024},
                                     {"KiB", 1024},
                                     {"MB", 1'000'000},
                                     {"M", 1 << 20},
                                     {"MiB", 1 << 20},
                                     {"GB", 1'000'000'000},
                                     {"G", 1 << 30},
                                     {"GiB", 1 << 30},
                                     {"T", std::uint64_t{1} << 40},
                                     {"TiB", std::uint64_t{1} << 40}};
    const auto unit = std::ranges::find(units, element.value("unit"), &Unit::name);
    if (unit == std::end(units)) {
        subset.refuse(element, ErrorKind::unsupported,
                      fmt::format("unit \"{}\" is not known; use KiB", printable(element.value("unit"), 32)));
        return 0;
    }
    constexpr std::uint64_t most = std::uint64_t{16} << 40;
    return subset.number(element, element.text, 1, most / unit->bytes) * unit->bytes;
}

}  // namespace virtscope::qemu
