// Library: libvirt.so.0, loaded at run time. symbols.def lists every function that is used of it.
#pragma once

#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "core/result.h"

namespace virtscope::libvirt {

struct Library {
#define VIRTSCOPE_LIBVIRT(name) decltype(&::name) name = nullptr;  // NOLINT(bugprone-macro-parentheses): a declaration
#include "drivers/libvirt/symbols.def"
};

// The library, loaded and initialised by the first call and kept until the process ends; libvirt's own event loop
// implementation is registered and runs in a thread of its own, SIGPIPE is ignored and its printing of errors silenced.
// Safe to call from any thread. Errors: unsupported, when there is no libvirt here or one that lacks a function: names
// the package to install.
Result<const Library*> load_library();

// The calling thread's last error, as an Error of ours: "what: libvirt's message".
Error last_error(const Library& library, const std::string& what);

}  // namespace virtscope::libvirt
