// Performance data: `'label'=value[UOM];[warn];[crit];[min];[max]`, separated by blanks.
//
// Readers in the field are simple: a label must not hold ' or =, must be quoted if it holds more
// than plain letters, and must differ from all others within 19 characters (RRD's limit), for good: a
// guest's label must not depend on who else is there today.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "core/uuid.h"
#include "plugins/terms/number.h"
#include "plugins/terms/range.h"

namespace virtscope::checks {

struct Perf {
    std::string label;            // one of Labels'
    std::optional<double> value;  // none, NaN or infinite: U
    std::string_view unit;        // "", "s", "%", "B", "c"
    const Thresholds* thresholds = nullptr;
    std::optional<double> minimum, maximum;
};

std::string perf_text(const Perf& perf);

class Labels {
public:
    // A label for a thing of our own, as it is.
    std::string fixed(std::string_view label);
    // A label for a guest: its name where that is short and clean, else a part of it and of its UUID's hash.
    // `what`: the measure's label, where the guest has more than one.
    std::string of_guest(std::string_view name, const Uuid& uuid, std::string_view what = {});
    // A label for a measure of a device, "vda_write_latency", cut the same way.
    std::string of_device(std::string_view device, std::string_view what);

private:
    std::string shortened(std::string_view text, std::uint64_t identity);

    std::unordered_set<std::string> used_;
};

}  // namespace virtscope::checks
