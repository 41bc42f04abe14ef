// What an order takes from files and from the command line, made fit to be sent: the agent has another working
// directory and other rights.
#pragma once

#include <string>

#include "core/result.h"
#include "orders/wire.h"

namespace virtscope {

inline constexpr std::size_t longest_xml = 4U << 20;

// The whole of a text file; "-": of standard input. Errors: absent, denied, malformed (too long, empty), system.
Result<std::string> read_xml(const std::string& path);

// Absolute, its folder without links; the file itself need not exist. Errors: absent (the folder), denied, malformed
// (empty).
Result<std::string> absolute_path(const std::string& path);

// Whether the wire carries it as it is. Errors: malformed, naming the part (not UTF-8, too long).
Result<void> check_sendable(const control::Wish& wish);

}  // namespace virtscope
