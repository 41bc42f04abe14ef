#include "collectors/huge_pages.h"

#include "collectors/process_text.h"

namespace virtscope {
namespace {

constexpr unsigned longest_gap = 64;

}  // namespace

HugePages::HugePages(const Process& process)
    : status_(process.directory(), "status"), phase_(static_cast<unsigned>(process.pid()) % longest_gap) {}

std::optional<std::uint64_t> HugePages::bytes() {
    if (wait_ == 0) {
        look();
    } else {
        --wait_;
    }
    return bytes_;
}

void HugePages::look() {
    char text[8192];
    bytes_ = parse_huge_pages(status_.read(text));
    if (bytes_ && *bytes_ > 0) return;
    status_.close();
    wait_ = gap_;
    if (gap_ >= longest_gap) return;
    gap_ *= 2;
    // Guests found in one scan would all be looked at in the same ticks for ever.
    if (gap_ == longest_gap) wait_ += phase_;
}

}  // namespace virtscope
