#include "core/ring/header_page.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include "core/catalogue.h"
#include "core/fd.h"

namespace virtscope::ring {
namespace {

std::int64_t now() { return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count(); }

std::uint64_t random_salt() {
    std::uint64_t salt = 0;
    if (::getrandom(&salt, sizeof salt, GRND_NONBLOCK) == static_cast<ssize_t>(sizeof salt)) return salt;
    return static_cast<std::uint64_t>(now());
}

template <std::size_t n>
void set_text(std::array<char, n>& field, std::string_view text) {
    field.fill('\0');
    std::ranges::copy(text.substr(0, n - 1), field.begin());
}

std::string boot_id() {
    std::array<char, 64> text{};
    const Fd fd(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
    const ssize_t size = fd ? ::read(fd.get(), text.data(), text.size()) : 0;
    std::string id(text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    while (!id.empty() && id.back() == '\n') id.pop_back();
    return id;
}

}  // namespace

HeaderPage new_header(std::uint64_t capacity, std::uint64_t image, std::uint32_t flags) {
    HeaderPage header{};
    header.constant = {.magic = magic_ready,
                       .version = format_version,
                       .byte_order = byte_order_mark,
                       .catalogue = catalogue_fingerprint(),
                       .capacity = capacity,
                       .salt = random_salt(),
                       .image = image,
                       .data_offset = page,
                       .flags = flags,
                       .reserved = 0,
                       .crc = 0};
    header.constant.crc = constant_crc(header.constant);
    header.words = {.tail = first_position, .newest = 0, .head = first_position, .published = 0};
    return header;
}

Signature this_writer() {
    std::array<char, 65> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) host.fill('\0');
    return {.host = host.data(), .boot_id = boot_id()};
}

void sign(HeaderPage& header, const Signature& by) {
    const WriterSlot* before = newest_slot(header);
    WriterSlot& slot = before == &header.slot0 ? header.slot1 : header.slot0;
    WriterSlot mine{};
    mine.generation = before == nullptr ? 1 : before->generation + 1;
    mine.pid = ::getpid();
    mine.since = now();
    set_text(mine.host, by.host);
    set_text(mine.boot_id, by.boot_id);
    mine.crc = slot_crc(mine);
    slot = mine;
}

}  // namespace virtscope::ring
