// Sort: which guests are shown, in which order. Only the rows that are shown are put in order.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/rates.h"

namespace virtscope::top {

// Descending but for id and name; guests for which the value is absent come last.
enum class SortKey : std::uint8_t { cpu, memory, time, id, name, net_rx, net_tx, block_read, block_write, steal };

struct SortName {
    SortKey key;
    std::string_view option;  // as in -o
    std::string_view title;   // for people
};
std::span<const SortName> sort_names();  // the first of a key is its name, others are aliases
std::optional<SortKey> sort_by_name(std::string_view option);
std::string_view sort_title(SortKey key);

// Rows of the guests at places [first, first + count) of the order; fewer if there are not that many.
// block_read and block_write go by requests, or by bytes if `block_bytes`.
std::vector<std::size_t> order(const FramePair& pair, SortKey key, bool block_bytes, std::size_t first,
                               std::size_t count);

// The place of a guest in that order.
std::size_t place_of(const FramePair& pair, SortKey key, bool block_bytes, std::size_t guest);

// All guests by ID: the order of --stream and --csv.
std::vector<std::size_t> all_by_id(const FramePair& pair);

}  // namespace virtscope::top
