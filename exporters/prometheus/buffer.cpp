#include "exporters/prometheus/buffer.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace virtscope::exporters {

void Buffer::Free::operator()(char* data) const { std::free(data); }

void Buffer::grow(std::size_t bytes) {
    constexpr std::size_t least = 64 * 1024;
    const std::size_t wanted = std::max({least, 2 * capacity_, size_ + bytes});
    auto* const grown = static_cast<char*>(std::realloc(data_.get(), wanted));
    if (grown == nullptr) throw std::bad_alloc();
    (void)data_.release();  // realloc has taken it
    data_.reset(grown);
    capacity_ = wanted;
}

}  // namespace virtscope::exporters
