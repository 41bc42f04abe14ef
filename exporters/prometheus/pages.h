// Pages: the memory of pages, used again from scrape to scrape. A page is lent until the client has taken its last
// byte. Not thread-safe.
#pragma once

#include <memory>
#include <utility>

#include "exporters/prometheus/buffer.h"

namespace virtscope::exporters {

class Pages {
public:
    // At most `most` are lent at a time: memory is bounded, whatever clients do.
    explicit Pages(std::size_t most) : most_(most) {}

    // Empty. Null: too many are lent.
    std::unique_ptr<Buffer> lend();
    // One is kept for the next scrape.
    void take_back(std::unique_ptr<Buffer> page);
    // In whose place another one, that is not of here, is sent: it stays lent until gone().
    void exchange(std::unique_ptr<Buffer> page) { keep(std::move(page)); }
    void gone() { --lent_; }

private:
    void keep(std::unique_ptr<Buffer> page) {
        if (!kept_) kept_ = std::move(page);
    }

    std::size_t most_;
    std::size_t lent_ = 0;
    std::unique_ptr<Buffer> kept_;
};

}  // namespace virtscope::exporters
