// How the command prints: aligned text, JSON, one-line errors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/catalogue.h"
#include "core/frame.h"
#include "core/result.h"

namespace virtscope {

using Json = nlohmann::ordered_json;

// Guests may have names that are no UTF-8: such bytes become U+FFFD.
void print_json(const Json& json);

// "virtscope: …" on stderr; answers `code`.
int complain(const Error& error, int code);

// Something that a person should know beside the result, on stderr.
void note(const std::string& text);

// A line of CSV (RFC 4180, but that lines end as elsewhere). Fields are made printable here.
void print_csv(const std::vector<std::string>& fields);

// Columns as wide as their widest cell, two blanks between; the first row is the header. Cells are
// made printable here.
void print_table(const std::vector<std::vector<std::string>>& rows);

// A value as people read it: "512 MiB", "3 min 5 s", "1.50", "running".
std::string human_value(const Metric& metric, std::uint64_t value);

// The present cells of a row by catalogue name, as stored.
Json cells_json(const Frame& frame, Scope scope, std::size_t row);

// "2026-11-23T20:30:00.123Z"
std::string iso_time(std::int64_t realtime);

}  // namespace virtscope
