// The stand-in: a ring in memory (tmpfs) where frames go while the ring's own file cannot be written.
//
// It has a name that follows from the ring's, so that readers find it; it exists only as long as it is
// needed. Anybody can put a file there: one is trusted if it belongs to root, to the reader, or to the owner
// of the ring or of its folder.
#pragma once

#include <string>

namespace virtscope {

// The name of the stand-in for `ring`.
std::string stand_in_path(const std::string& ring);

// The file in which the newest frames of `ring` are: its stand-in where there is one that can be trusted, else itself.
std::string file_to_read(const std::string& ring);

}  // namespace virtscope
