// Hostile rings. Input byte 0 chooses: 0 a roster payload, 1 segments of a frame, 2 the whole file, else
// patches (u16 offset, u8 value) to a valid small ring whose CRCs are made right again, so that what is
// behind them is reached.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "core/crc32c.h"
#include "core/fd.h"
#include "core/ring/codec.h"
#include "core/ring/format.h"
#include "core/ring/reader.h"
#include "core/ring/varint.h"
#include "core/ring/verify.h"
#include "core/ring/writer.h"
#include "tests/core/sample.h"

using namespace virtscope;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

// Whoever holds a frame may use every index in it.
void use(const FramePtr& frame) {
    if (!frame) return;
    const Roster& who = *frame->roster;
    for (const RosterGuest& guest : who.guests) {
        must(guest.first_disk + std::uint64_t{guest.disks} <= who.disks.size());
        must(guest.first_vcpu + std::uint64_t{guest.vcpus} <= who.vcpus.size());
    }
    for (const RosterInstance& nic : who.nics) must(nic.guest < who.guests.size());
    for (std::size_t s = 0; s < scope_count; ++s) {
        const auto scope = static_cast<Scope>(s);
        const Table& table = frame->table(scope);
        must(table.rows() == who.rows(scope) && table.columns() == metrics(scope).size());
        for (std::size_t r = 0; r < table.rows(); ++r) must((table.row(r).present >> (table.columns() - 1) >> 1) == 0);
    }
    for (const Event& event : frame->events) (void)event_name(event.kind);
}

struct Base {
    sample::Directory dir;
    std::string path = dir.file("ring");
    std::string image;

    Base() {
        auto ring = RingWriter::open(path, ring::min_capacity);
        for (std::uint64_t n = 1; n <= 20; ++n) {
            Frame frame = sample::frame(n, sample::roster(n / 8 % 2));
            must(ring && ring->publish(frame));
        }
        image = sample::read_all(path);
    }
};

Base& base() {
    static Base made;
    return made;
}

// The list of shelves ends a payload's head: written again, with the CRCs that the shelves have now.
void seal_shelves(std::span<std::byte> payload, const ring::RecordHeader& header, std::uint64_t salt) {
    ring::Head head;
    if (!ring::decode_head(payload.first(header.head), payload.size(), header.monotonic, head)) return;
    ring::Bytes list;
    for (const ring::Shelf& shelf : head.shelves) {
        const std::uint32_t crc = crc32c(payload.subspan(shelf.begin, shelf.length), ring::crc_seed(salt));
        ring::put_varint(list, shelf.length);
        for (int shift = 0; shift < 32; shift += 8) list.push_back(static_cast<std::byte>(crc >> shift));
    }
    if (list.size() <= header.head) std::ranges::copy(list, payload.begin() + header.head - static_cast<std::ptrdiff_t>(list.size()));
}

// Makes the CRCs of the header and of everything that looks like a record right.
void seal(std::string& image) {
    ring::ConstantPart constant{};
    if (image.size() < ring::page) return;
    std::memcpy(&constant, image.data(), sizeof constant);
    constant.crc = ring::constant_crc(constant);
    std::memcpy(image.data(), &constant, sizeof constant);
    for (std::size_t at = ring::page; at + sizeof(ring::RecordHeader) <= image.size(); at += 8) {
        ring::RecordHeader header{};
        std::memcpy(&header, image.data() + at, sizeof header);
        if (header.magic != ring::record_magic) continue;
        const std::size_t room = image.size() - at - sizeof header;
        if (header.length <= room && header.head <= header.length) {
            const auto payload = std::as_writable_bytes(std::span(image)).subspan(at + sizeof header, header.length);
            if (header.type != ring::RecordType::roster) seal_shelves(payload, header, constant.salt);
            header.head_crc = ring::payload_crc(payload.first(header.head), constant.salt);
        }
        header.header_crc = ring::header_crc(header, constant.salt);
        std::memcpy(image.data() + at, &header, sizeof header);
    }
}

// Whatever the file is, there is a verdict; of what remains, not less than a reader finds.
void examine(const std::string& path) {
    const Verdict verdict = examine_ring(path);
    must(verdict.frames <= verdict.frames_told);
    must(verdict.problem.empty() == (verdict.condition == Condition::whole));
    auto follow = RingReader::open(path);
    const bool opened = follow.has_value();
    if (verdict.condition == Condition::whole) must(opened);
    if (!opened || verdict.condition != Condition::whole) return;
    const auto lost = follow->scan({}, [](const Frame&) { return true; });
    must(lost.has_value());
}

void read_all(const std::string& path) {
    examine(path);
    auto follow = RingReader::open(path);
    if (!follow) return;
    const auto newest = follow->newest();
    if (newest) {
        use(*newest);
        const auto before = follow->before(**newest, std::chrono::seconds(5));
        if (before) use(*before);
        const auto at = follow->at((*newest)->realtime - 3'000'000'000);
        if (at) use(*at);
    }
    const auto batch = follow->since(0, 50);
    if (batch) {
        for (const FramePtr& frame : batch->frames) use(frame);
    }
    (void)follow->info().has_value();
    const Selection one{.range = {}, .guest = sample::roster(1)->guests[0].uuid};
    (void)follow->scan(one, [](const Frame&) { return true; }).has_value();
}

void try_file(const std::string& image) {
    const std::string& path = base().path;
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    must(::write(fd.get(), image.data(), image.size()) == static_cast<ssize_t>(image.size()));
    read_all(path);
    auto ring = RingWriter::open(path, ring::min_capacity);
    if (!ring) return;
    for (std::uint64_t n = 1; n <= 5; ++n) {
        Frame frame = sample::frame(n, sample::roster(n / 3));
        must(ring->publish(frame).has_value());
        auto follow = RingReader::open(path);
        must(follow.has_value());
        const auto newest = follow->newest();
        // Lies behind right CRCs may stay the newest; what accidents do to a file is tests/core's.
        if (newest) use(*newest);
    }
    read_all(path);
}

std::string patched(std::span<const std::uint8_t> patches) {
    std::string image = base().image;
    for (; patches.size() >= 3; patches = patches.subspan(3)) {
        const std::size_t at = patches[0] | std::size_t{patches[1]} << 8;
        // Below 4096 only the used front of the header page is of interest.
        image[at < ring::page ? at % sizeof(ring::HeaderPage) : at % image.size()] = static_cast<char>(patches[2]);
    }
    seal(image);
    return image;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::span<const std::uint8_t> rest(data + 1, size - 1);
    static const RosterPtr who = sample::roster(1);
    switch (data[0]) {
        case 0: (void)ring::decode_roster(std::as_bytes(rest)).has_value(); break;
        case 1: {
            auto frame = std::make_shared<ring::State>();
            frame->reset(who);
            auto segments = std::as_bytes(rest);
            const auto coding = static_cast<ring::Coding>(size % 3);
            for (std::size_t unit = 0; unit < 2 && ring::decode_segment(segments, unit, coding, 1, 2, *frame); ++unit) {}
            use(FramePtr(frame, &frame->frame));
            break;
        }
        case 2: try_file(std::string(rest.begin(), rest.end())); break;
        default: try_file(patched(rest)); break;
    }
    return 0;
}
