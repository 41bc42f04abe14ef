// Names of guests and devices, and a client's headers: whatever they are, the page is one that a strict parser takes.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "exporters/prometheus/inovex.h"
#include "exporters/prometheus/native.h"
#include "exporters/prometheus/negotiation.h"
#include "tests/exporters/exposition.h"

namespace {

using namespace virtscope;
using namespace virtscope::exporters;

// The input's texts in turn, each up to a NUL; empty ones where there are no more.
class Texts {
public:
    explicit Texts(std::string_view input) : rest_(input) {}
    std::string next() {
        const std::size_t end = std::min(rest_.find('\0'), rest_.size());
        std::string text(rest_.substr(0, end));
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        return text;
    }

private:
    std::string_view rest_;
};

// Four guests, of which two have the same UUID, with two disks each.
RosterPtr roster_of(Texts& texts) {
    auto roster = std::make_shared<Roster>();
    roster->host = {
        .name = texts.next(), .boot_id = "b", .arch = texts.next(), .hypervisor = texts.next(), .kernel = texts.next()};
    for (std::uint32_t g = 0; g < 4; ++g) {
        RosterGuest guest;
        guest.uuid.bytes[0] = static_cast<std::uint8_t>(g % 3);
        guest.name = texts.next();
        guest.machine = texts.next();
        guest.first_disk = 2 * g;
        guest.disks = 2;
        roster->guests.push_back(guest);
        for (int d = 0; d < 2; ++d) roster->disks.push_back({.guest = g, .name = texts.next(), .source = texts.next()});
    }
    return roster;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Texts texts(std::string_view(reinterpret_cast<const char*>(data), size));
    (void)takes_gzip(texts.next());
    const Format format = wanted_format(texts.next());
    Frame frame;
    frame.reset(roster_of(texts));
    for (std::size_t row = 0; row < 8; ++row) frame.set(row, DiskMetric::read_bytes, size);
    for (std::size_t row = 0; row < 4; ++row) frame.set(row, GuestMetric::state, row);
    const Filter filter;
    const Census census(frame.roster, filter);
    Buffer page;
    const PageWriter writer{page, format, filter};
    write_native(writer, frame, census, NativeTexts(census), {.realtime = 0, .monotonic = 5, .boot_id = "b"});
    write_inovex(writer, frame, census, InovexTexts(census));
    append_end(page, format);
    (void)Exposition::parse(page.view(), format);
    return 0;
}
