// What `virtscope doctor` looks at. Each function examines one source and says what it found; none
// changes anything.
#pragma once

#include <string>
#include <vector>

namespace virtscope {

enum class Verdict { ok, warning, failure };

struct Finding {
    Verdict verdict;
    std::string subject;  // "ring", "rights", "guest web01"
    std::string detail;   // what is the case
    std::string fix;      // what to do about it; empty when ok
};

using Findings = std::vector<Finding>;

// The ring: is it there, can it be read, does somebody write it?
void examine_ring(const std::string& path, Findings& out);

// The kernel: what it accounts, and which of it we may read.
void examine_kernel(Findings& out);

// Xen, where this system runs on it: as Domain-0 or as a guest. Nothing elsewhere.
void examine_xen(Findings& out);

// The guests and their monitors; from the ring when its agent lives (a monitor serves one client: the
// agent has it), else by one sample of our own.
void examine_guests(const std::string& ring, Findings& out);

}  // namespace virtscope
