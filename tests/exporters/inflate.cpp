#include "tests/exporters/inflate.h"

#include <memory>
#include <stdexcept>

#include <libdeflate.h>

namespace virtscope::exporters {

std::string inflate(std::string_view packed) {
    const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor(
        libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
    std::string text(64 << 20, '\0');
    std::size_t used = 0, size = 0;
    const auto result = libdeflate_gzip_decompress_ex(decompressor.get(), packed.data(), packed.size(), text.data(),
                                                      text.size(), &used, &size);
    if (result != LIBDEFLATE_SUCCESS || used != packed.size()) throw std::runtime_error("not gzip");
    text.resize(size);
    return text;
}

}  // namespace virtscope::exporters
