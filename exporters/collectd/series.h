// Which series there are, and what of a frame's rows they say: a table, but for the few that follow from more than a
// row's cells (values.cpp). Types are those of collectd's types.db and of virtscope.types.db.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/catalogue.h"
#include "exporters/collectd/extra.h"

namespace virtscope::exporters::collectd {

// What the type instance is.
enum class Named { nothing, text, instance, flush };

struct Series {
    Scope scope;
    Extra extra;
    std::string_view type;
    Named named;
    std::string_view text;  // the type instance where `named` says so
    std::size_t sources;    // 1 or 2
    std::array<std::size_t, 2> columns;
    std::uint64_t divisor;
    bool is_gauge;
};

std::span<const Series> all_series();

// `series` in the units that collectd's virt plugin has for it.
std::uint64_t original_divisor(const Series& series);

}  // namespace virtscope::exporters::collectd
