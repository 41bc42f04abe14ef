// Cfg: a configuration in xl's syntax (xl.cfg(5)). The first fault is kept, all later questions are answered with
// nothing, so that a reader is written straight down and looks for a fault at its end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "drivers/xen/libxl/cfg_keys.h"
#include "drivers/xen/libxl/libxl.h"

namespace virtscope::libxl {

class Cfg {
public:
    // Errors: malformed, with the line.
    static Result<Cfg> read(std::string_view text);

    // Each of these makes its key a known one. None: it is not there.
    std::optional<std::string> text(const char* key);
    std::optional<std::uint64_t> number(const char* key, std::uint64_t least, std::uint64_t most);
    std::optional<bool> yes(const char* key);
    // A list of strings; a string alone is a list of one.
    std::vector<std::string> list(const char* key);
    // A disk as xl's own parser understands it; `disk` is made already.
    void disk(const char* key, const std::string& spec, libxl_device_disk& disk);
    void rate(const char* key, const std::string& rate, libxl_device_nic& nic);

    void refuse(const char* key, ErrorKind kind, std::string_view why);
    // Keys that nobody asked for are refused.
    void nothing_else();
    const std::optional<Error>& fault() const { return fault_; }

private:
    // What libxlutil says: to a stream, line by line.
    struct Report {
        Report();
        ~Report();
        Report(const Report&) = delete;
        Report& operator=(const Report&) = delete;
        std::string take();  // since the last time; its first line, printable
        char* text = nullptr;
        std::size_t size = 0, taken = 0;
        std::FILE* stream = nullptr;
    };

    Cfg();
    const CfgKey* find(const char* key);

    std::unique_ptr<Report> report_;  // outlives the parser, which writes there
    std::unique_ptr<XLU_Config, decltype(&xlu_cfg_destroy)> parser_;
    std::vector<CfgKey> keys_;
    std::vector<std::string> asked_;
    std::optional<Error> fault_;
};

}  // namespace virtscope::libxl
