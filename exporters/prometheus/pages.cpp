#include "exporters/prometheus/pages.h"

#include <utility>

namespace virtscope::exporters {

std::unique_ptr<Buffer> Pages::lend() {
    if (lent_ == most_) return nullptr;
    ++lent_;
    auto page = kept_ ? std::exchange(kept_, nullptr) : std::make_unique<Buffer>();
    page->clear();
    return page;
}

void Pages::take_back(std::unique_ptr<Buffer> page) {
    --lent_;
    keep(std::move(page));
}

}  // namespace virtscope::exporters
