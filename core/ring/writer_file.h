// WriterFile: the ring file as its one writer holds it: locked, allocated, mapped, with a valid header.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "core/fd.h"
#include "core/result.h"
#include "core/ring/format.h"

namespace virtscope::ring {

// A shared read-write mapping of a whole file.
class SharedMapping {
public:
    static Result<SharedMapping> of(int fd, std::uint64_t size, const std::string& path);
    SharedMapping() = default;
    SharedMapping(SharedMapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
    SharedMapping& operator=(SharedMapping&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~SharedMapping();

    std::byte* data() const { return bytes_.data(); }
    std::size_t size() const { return bytes_.size(); }

private:
    explicit SharedMapping(std::span<std::byte> bytes) : bytes_(bytes) {}
    std::span<std::byte> bytes_;
};

struct WriterFile {
    Fd fd;                       // holds the lock
    std::string path;
    ConstantPart constant{};
    SharedMapping mapping;
    Words words{};               // where to go on
    std::uint64_t sequence = 0;  // of the last frame
    std::string notice;

    HeaderPage& header() const;
};

// Errors as RingWriter::open().
Result<WriterFile> open_to_write(const std::string& path, std::uint64_t bytes);

}  // namespace virtscope::ring
