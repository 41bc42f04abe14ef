// Trouble: something that goes wrong again and again is told once, and once when it is over.
#pragma once

#include <cstdint>
#include <string>

namespace virtscope::exporters {

class Trouble {
public:
    // `what` is the first line's; those after it are counted until over().
    void met(const std::string& what);
    // `so`: what is well again.
    void over(const std::string& so);
    bool lasts() const { return since_ != 0; }

private:
    std::int64_t since_ = 0;  // monotonic ns
    std::uint64_t times_ = 0;
};

}  // namespace virtscope::exporters
