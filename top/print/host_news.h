// What to say of several hosts where no screen shows it: each one's trouble once when it begins, and its end.
#pragma once

#include <string>
#include <vector>

#include "top/source/scene.h"

namespace virtscope::top {

class HostNews {
public:
    // Lines for a person, printable; none for a host that is alone, which its picture's notice tells of.
    std::vector<std::string> since(const Scene& scene);

private:
    std::vector<bool> troubled_;  // by place in the scene
};

}  // namespace virtscope::top
