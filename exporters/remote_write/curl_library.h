// CurlLibrary: libcurl, loaded at run time. curl_functions.def lists every function that is used of it.
#pragma once

// Its macros of the same names check types where functions are called directly; here they are members.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#undef curl_easy_setopt
#undef curl_easy_getinfo

#include "core/result.h"

namespace virtscope::exporters::remote_write {

struct CurlLibrary {
#define VIRTSCOPE_CURL(name) decltype(&::name) name = nullptr;  // NOLINT(bugprone-macro-parentheses): a declaration
#include "exporters/remote_write/curl_functions.def"
};

// Loaded and initialised by the first call, which comes before other threads, and kept until the process ends. Errors:
// unsupported, when it is not here or lacks a function: names the package to install.
Result<const CurlLibrary*> load_curl();

}  // namespace virtscope::exporters::remote_write
