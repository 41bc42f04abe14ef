#include "exporters/prometheus/buffer.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace virtscope::exporters {

void Buffer::Free::operator()(char* data) const { std::free(data); }

void Buffer::grow(std::size_t bytes) {
    constexpr std::size_t least = 1 << 16;
    const std::size_t wanted = std::max({least, 2 * capacity_, size_ + bytes});
    char* const old = data_.release();
    auto* const grown = static_cast<char*>(std::realloc(old, wanted));
    data_.reset(grown == nullptr ? old : grown);
    if (grown == nullptr) throw std::bad_alloc();
    capacity_ = wanted;
}

}  // namespace virtscope::exporters
