#include "exporters/prometheus/gzip.h"

#include <new>

#include <libdeflate.h>

namespace virtscope::exporters {
namespace {

constexpr int fastest = 1;

}  // namespace

void Gzip::Free::operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }

Gzip::Gzip() : compressor_(libdeflate_alloc_compressor(fastest)) {
    if (!compressor_) throw std::bad_alloc();
}

void Gzip::pack(std::string_view page, Buffer& packed) {
    packed.clear();
    const std::size_t most = libdeflate_gzip_compress_bound(compressor_.get(), page.size());
    char* const to = packed.room(most);
    const std::size_t size = libdeflate_gzip_compress(compressor_.get(), page.data(), page.size(), to, most);
    packed.used(to + size);
}

}  // namespace virtscope::exporters
