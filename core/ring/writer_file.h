// WriterFile: the ring file as its one writer holds it: locked, allocated, with a valid header page, which alone
// is mapped, for the address on which readers sleep. Everything is written by pwrite, so that a full or failing
// disk, or a file cut short, is an error and never a signal.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "core/fd.h"
#include "core/result.h"
#include "core/ring/format.h"

namespace virtscope::ring {

// A shared read-write mapping of the front of a file.
class SharedMapping {
public:
    static Result<SharedMapping> of(int fd, std::uint64_t size, const std::string& path);
    // The same for a header page that goes to the disk when it is finished: memory, zeroed.
    static Result<SharedMapping> of_no_file(std::uint64_t size);
    SharedMapping() = default;
    SharedMapping(SharedMapping&& other) noexcept : at_(std::exchange(other.at_, nullptr)), size_(other.size_) {}
    SharedMapping& operator=(SharedMapping&& other) noexcept {
        std::swap(at_, other.at_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~SharedMapping();

    void* base() const { return at_; }
    std::size_t size() const { return size_; }

private:
    SharedMapping(void* at, std::size_t size) : at_(at), size_(size) {}
    void* at_ = nullptr;
    std::size_t size_ = 0;
};

struct WriterFile {
    Fd fd;                       // holds the lock
    std::string path;
    bool in_memory = false;      // it never had a name
    ConstantPart constant{};
    SharedMapping mapping;
    Words words{};               // where to go on
    std::uint64_t sequence = 0;  // of the last frame
    std::string notice;

    HeaderPage& header() const;
    std::uint64_t size() const { return page + constant.capacity + constant.image; }
};

// Errors as RingWriter::open().
Result<WriterFile> open_to_write(const std::string& path, std::uint64_t bytes);
// Errors: system; malformed for a size that no ring has.
Result<WriterFile> open_in_memory(std::uint64_t bytes);

}  // namespace virtscope::ring
