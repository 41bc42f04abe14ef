// Packing a page. libdeflate takes two thirds of zlib's time; a page is whole before it is sent, which is all it asks
// for.
#pragma once

#include <memory>

#include "exporters/prometheus/buffer.h"

struct libdeflate_compressor;

namespace virtscope::exporters {

class Gzip {
public:
    Gzip();  // throws std::bad_alloc

    // Replaces what is in `packed`.
    void pack(std::string_view page, Buffer& packed);

private:
    struct Free {
        void operator()(libdeflate_compressor* compressor) const;
    };
    std::unique_ptr<libdeflate_compressor, Free> compressor_;
};

}  // namespace virtscope::exporters
