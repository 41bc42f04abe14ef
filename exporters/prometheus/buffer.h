// Buffer: bytes that grow at the end, for a page of many megabytes that is written anew each time. Unlike a string it
// is neither cleared nor copied as it grows (realloc moves pages, not bytes), and memory is taken only where it is
// written.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace virtscope::exporters {

class Buffer {
public:
    // At least `bytes` to write into, behind what is there; used() says how far they were taken. Throws std::bad_alloc.
    char* room(std::size_t bytes) {
        if (capacity_ - size_ < bytes) grow(bytes);
        return data_.get() + size_;
    }
    void used(const char* end) { size_ = static_cast<std::size_t>(end - data_.get()); }

    void append(std::string_view text) {
        char* const to = room(text.size());
        std::memcpy(to, text.data(), text.size());
        used(to + text.size());
    }
    void clear() { size_ = 0; }

    char* data() { return data_.get(); }
    std::size_t size() const { return size_; }
    std::size_t capacity() const { return capacity_; }
    std::string_view view() const { return {data_.get(), size_}; }

private:
    void grow(std::size_t bytes);
    struct Free {
        void operator()(char* data) const;
    };
    std::unique_ptr<char, Free> data_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace virtscope::exporters
