// FolderWatch: has anything in a folder changed since it was last asked? One read of an inotify descriptor, so that it
// can be asked every tick; edits in place are noticed, too.
//
// Threading: one thread at a time.
#pragma once

#include <string>

#include "core/fd.h"

namespace virtscope::qemu {

class FolderWatch {
public:
    explicit FolderWatch(std::string folder) : folder_(std::move(folder)) {}

    // True also the first time, and wherever it cannot be known.
    bool changed();

private:
    bool begin();

    std::string folder_;
    Fd inotify_;
    bool absent_ = false;  // there was no such folder when we last looked
};

}  // namespace virtscope::qemu
