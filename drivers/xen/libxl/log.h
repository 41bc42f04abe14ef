// What libxenlight says while it works: kept, so that an error can be told by its cause instead of "failed".
#pragma once

#include <string>
#include <vector>

#include "drivers/xen/libxl/libxl.h"

namespace virtscope::libxl {

class Log {
public:
    Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    xentoollog_logger* logger() { return &hook_.table; }

    // The first error since the last clear(), else the first warning; one printable line, empty: none was said.
    std::string first() const;
    void clear() { errors_.clear(), warnings_.clear(); }

private:
    struct Hook {
        xentoollog_logger table;  // first: the library knows only this
        Log* log;
    };
    static void hear(xentoollog_logger* logger, xentoollog_level level, int code, const char* context,
                     const char* format, va_list arguments) __attribute__((format(printf, 5, 0)));

    Hook hook_;
    std::vector<std::string> errors_, warnings_;
};

// Without what only libxenlight's authors want to know: "libxl_create.c:1022:initiate_domain_create: ", "Domain 5:".
std::string without_origin(std::string line);

}  // namespace virtscope::libxl
