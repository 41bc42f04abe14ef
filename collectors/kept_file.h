// KeptFile: a small kernel file that is read again each tick, kept open between.
//
// Opening costs more than reading. A file that cannot be opened is tried again at the next read, so
// that one lack of descriptors does not blind the agent for ever. Never allocates after construction.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/fd.h"

namespace virtscope {

class KeptFile {
public:
    KeptFile() = default;
    explicit KeptFile(std::string path);        // absolute, or relative to the working directory
    KeptFile(int directory, std::string name);  // below a directory that outlives this

    // What the file says now, from its start, as much as fits into `buffer`; empty if it cannot be
    // read: it is not there, the process behind it is gone, the kernel lacks the feature.
    std::string_view read(std::span<char> buffer);

    // Until the next read it costs no descriptor.
    void close() { file_ = Fd(); }

private:
    int directory_ = -1;
    std::string path_;
    Fd file_;
};

}  // namespace virtscope
