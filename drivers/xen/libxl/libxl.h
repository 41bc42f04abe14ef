// libxenlight, libxlutil and libxenstore, which are C and do not say so to C++.
#pragma once

#include <cstdarg>
#include <cstdint>
#include <cstdio>

extern "C" {
#include <libxl.h>
#include <libxl_event.h>
#include <libxl_utils.h>
#include <libxlutil.h>
#include <xenstore.h>
}
