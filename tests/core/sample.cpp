#include "tests/core/sample.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

namespace virtscope::sample {
namespace {

constexpr std::int64_t second = std::int64_t{1} << 30;  // ns, nearly: a multiple of what the ring keeps times to

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    std::uint64_t x = a * 0x9e3779b97f4a7c15ULL + b;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    return x ^ (x >> 27);
}

// Starts anywhere and moves as counters and gauges do: some in each frame, others now and then, a few by leaps.
std::uint64_t cell(std::uint64_t number, std::size_t scope, std::size_t row, std::size_t column) {
    static constexpr std::array<std::uint64_t, 8> every{1, 1, 1, 2, 5, 16, 64, 64};
    const std::uint64_t start = mix(scope + 1, row * 64 + column);
    const std::uint64_t moves = number / every.at(start % every.size());
    if (start % 61 == 0) return mix(start, moves);
    return start + moves * (mix(start, 1) >> (44 + start % 20)) + mix(start, moves) % 256;
}

bool filled(std::uint64_t number, std::size_t row, std::size_t column, bool all) {
    return all || (number + row + column) % 5 != 0;
}

void fill_row(Table& table, std::uint64_t number, std::size_t scope, std::size_t r, bool all) {
    table.row(r).quality = static_cast<Quality>((number + r) % quality_count);
    table.row(r).time -= static_cast<std::int64_t>(r) << 14;
    for (std::size_t c = 0; c < table.columns(); ++c) {
        if (filled(number, r, c, all)) table.set(r, c, cell(number, scope, r, c));
    }
}

void add_instances(std::vector<RosterInstance>& list, std::uint32_t guest, std::uint32_t count, std::string_view name) {
    for (std::uint32_t i = 0; i < count; ++i) {
        list.push_back({.guest = guest, .name = fmt::format("{}{}", name, i), .source = fmt::format("/images/{}", guest)});
    }
}

}  // namespace

RosterPtr roster(std::size_t guests, unsigned edition) {
    auto made = std::make_shared<Roster>();
    made->host = {.name = "sample",
                  .boot_id = "00000000-0000-4000-8000-000000000001",
                  .arch = "x86_64",
                  .hypervisor = "QEMU",
                  .kernel = "6.1"};
    for (const char* cpu : {"0", "1", "3"}) made->cpus.push_back({.name = cpu, .source = {}});
    made->nodes.push_back({.name = "0", .source = {}});
    for (std::uint32_t g = 0; g < guests; ++g) {
        RosterGuest guest;
        guest.uuid = Uuid::derived("sample", std::to_string(g), 1);
        guest.generation = edition;
        guest.name = fmt::format("guest-{}-{}", edition, g);
        guest.driver = "simulated";
        guest.local_id = 1000 + g;
        guest.first_vcpu = 2 * g;
        guest.vcpus = 2;
        guest.first_disk = g;
        guest.disks = 1;
        guest.first_nic = g;
        guest.nics = 1;
        guest.first_filesystem = g / 2 * 2;  // every second guest has two
        guest.filesystems = g % 2 * 2;
        guest.first_display = g;
        guest.displays = 1;
        made->guests.push_back(guest);
        add_instances(made->vcpus, g, 2, "");
        add_instances(made->disks, g, 1, "vda");
        add_instances(made->nics, g, 1, "vnet");
        add_instances(made->filesystems, g, guest.filesystems, "/var");
        add_instances(made->displays, g, 1, "vnc");
    }
    return made;
}

void fill(Frame& into, std::uint64_t number, const RosterPtr& who, bool all) {
    into.realtime = static_cast<std::int64_t>(1'700'000'000 + number) * second;
    into.monotonic = static_cast<std::int64_t>(number + 100) * second;
    into.boottime = into.monotonic + 7;
    into.reset(who);
    for (std::size_t s = 0; s < scope_count; ++s) {
        Table& table = into.tables.at(s);
        for (std::size_t r = 0; r < table.rows(); ++r) fill_row(table, number, s, r, all);
    }
    if (!all && number % 3 == 0) {
        const Uuid guest = who->guests.empty() ? Uuid{} : who->guests[0].uuid;
        into.events.push_back({EventKind::command, guest, "guest", fmt::format("event {}", number)});
    }
}

Frame frame(std::uint64_t number, const RosterPtr& who, bool all) {
    Frame made;
    fill(made, number, who, all);
    made.sequence = number;
    return made;
}

bool same(const Frame& a, const Frame& b) {
    if (a.sequence != b.sequence || a.realtime != b.realtime || a.monotonic != b.monotonic) return false;
    if (a.boottime != b.boottime || a.events != b.events || !(*a.roster == *b.roster)) return false;
    for (std::size_t s = 0; s < scope_count; ++s) {
        const Table& left = a.tables.at(s);
        const Table& right = b.tables.at(s);
        if (left.rows() != right.rows() || left.columns() != right.columns()) return false;
        for (std::size_t r = 0; r < left.rows(); ++r) {
            if (left.row(r).time != right.row(r).time || left.row(r).quality != right.row(r).quality) return false;
            for (std::size_t c = 0; c < left.columns(); ++c) {
                if (left.get(r, c) != right.get(r, c)) return false;
            }
        }
    }
    return true;
}

bool genuine(const Frame& read, bool all) {
    const auto edition = read.roster->guests.empty() ? 0 : static_cast<unsigned>(read.roster->guests[0].generation);
    return same(read, frame(read.sequence, roster(read.roster->guests.size(), edition), all));
}

Directory::Directory() {
    std::string name = std::filesystem::temp_directory_path() / "virtscope-ring-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
}

Directory::~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string read_all(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_all(const std::string& path, const std::string& content) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
}

}  // namespace virtscope::sample
