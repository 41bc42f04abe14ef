// Scratch: an RRD in memory that is gone with the object, or with the process.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"

namespace virtscope::exporters::graph {

class Scratch {
public:
    Scratch() = default;
    Scratch(Scratch&& other) noexcept;
    Scratch& operator=(Scratch&& other) noexcept;
    ~Scratch();

    // One gauge for each of `sources` (names), for `rows` steps after `begin` (s). Errors: unsupported (no librrd),
    // system.
    static Result<Scratch> make(const std::vector<std::string>& sources, std::int64_t begin, std::chrono::seconds step,
                                std::size_t rows);
    // A value for each source at the end of a step (s); ends grow.
    void add(std::int64_t end, const std::vector<std::optional<double>>& values);
    // All that was added. Errors: system.
    Result<> write();

    const std::string& path() const { return path_; }

private:
    std::string folder_, path_;
    std::vector<std::string> updates_;
};

}  // namespace virtscope::exporters::graph
