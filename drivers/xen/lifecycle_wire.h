// What passes between the agent and virtscope-libxl: the order as one JSON object, then lines of
//
//     {"progress": [done, total]}     the order is under way; bytes, 0 of 0: not known
//     {"answer": {"already": …, "text": …, "guest": …}}
//     {"error": {"kind": …, "message": …}}
//
// of which an answer or an error is the last.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/result.h"
#include "drivers/lifecycle.h"

namespace virtscope::xen {

// Errors: malformed (a text or path that is not UTF-8 cannot be said in JSON).
Result<std::string> write_order(const Order& order);
// Its deadline is not in it: who runs the helper watches that. Errors: malformed.
Result<Order> read_order(std::string_view text);

struct Advance {
    std::uint64_t done = 0, total = 0;
};
using Report = std::variant<Advance, Answer, Error>;

// With its newline. What is not UTF-8 is replaced.
std::string write_report(const Report& report);
// `line` without its newline. Errors: malformed.
Result<Report> read_report(std::string_view line);

}  // namespace virtscope::xen
