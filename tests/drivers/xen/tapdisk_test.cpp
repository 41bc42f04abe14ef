// Tapdisks, which are files.
#include "drivers/xen/tapdisk.h"

#include <array>
#include <cstring>
#include <fstream>
#include <sys/stat.h>

#include "disk_reading.h"
#include "folder.h"

using namespace virtscope;
using namespace std::chrono_literals;
using test::Folder;
using Clock = std::chrono::steady_clock;
using Reading = test::DiskReading;
namespace fs = std::filesystem;

namespace {

struct Page {
    std::uint32_t version = 1;
    std::uint32_t pad = 0;
    std::array<std::uint64_t, 11> numbers{7, 101, 100, 800, 5000, 62, 60, 480, 0, 2, 0};
};

// /dev/shm and /proc with tapdisks that a test makes up.
struct Tapdisks : Folder {
    Tapdisks() { fs::create_directories(root / "shm"); }
    fs::path folder(int pid) const { return root / fmt::format("shm/td3-{}", pid); }
    void process(int pid) const {
        fs::create_directories(root / fmt::format("proc/{}", pid));
        std::ofstream(root / fmt::format("proc/{}/stat", pid)) << pid << " (tapdisk) S 1 1 1 0 -1 0 0 0 0 0 6 7 0 0 20 0 3 0 99 1 1";
    }
    fs::path write(int pid, const std::string& name, const Page& page, std::size_t size = 4096) const {
        fs::create_directories(folder(pid));
        std::string bytes(std::max(size, sizeof page), '\0');
        std::memcpy(bytes.data(), &page, sizeof page);
        bytes.resize(size);
        std::ofstream(folder(pid) / name, std::ios::binary) << bytes;
        return folder(pid) / name;
    }
    // As if a second had passed since the last look.
    std::shared_ptr<xen::BlockCounters> open(std::uint32_t domid = 7, unsigned device = 51712) {
        now += 10s;
        return tapdisks.open(domid, device, now);
    }
    xen::Tapdisks tapdisks{root / "shm", root / "proc"};
    Clock::time_point now = Clock::now();
};

}  // namespace

TEST_CASE("tapdisk: requests completed, sectors, microseconds") {
    using enum DiskMetric;
    Tapdisks host;
    host.process(4242);
    const fs::path file = host.write(4242, "vbd-7-51712", {});
    const auto counters = host.open();
    REQUIRE(counters);
    const Reading disk(*counters);
    CHECK(disk.is_there);
    CHECK(disk[read_ops] == 100);
    CHECK(disk[read_bytes] == 800 * 512);
    CHECK(disk[read_time] == 5'000'000);
    CHECK(disk[write_ops] == 60);
    CHECK(disk[write_bytes] == 480 * 512);
    CHECK_FALSE(disk[write_time]);  // nothing takes no time: it is not kept
    CHECK(disk[failed_ops] == 2);
    CHECK(disk[queue_full] == 7);
    for (const DiskMetric metric : {in_flight, flush_ops, discard_ops}) CHECK_FALSE(disk[metric]);
    // It is read over a descriptor that stays open.
    Page more;
    more.numbers[2] = 150;
    std::fstream(file, std::ios::binary | std::ios::in | std::ios::out).write(static_cast<const char*>(static_cast<const void*>(&more)), sizeof more);
    CHECK(Reading(*counters)[read_ops] == 150);
    fs::remove_all(host.root / "proc/4242");
    CHECK_FALSE(Reading(*counters).is_there);
    CHECK(Reading(*counters).nothing());
}

TEST_CASE("tapdisk: a file that it removes, and makes anew") {
    Tapdisks host;
    host.process(4242);
    fs::remove(host.write(4242, "vbd-7-51712", {}));
    CHECK_FALSE(host.open());
    const fs::path file = host.write(4242, "vbd-7-51712", {});
    const auto counters = host.open();
    REQUIRE(counters);
    fs::remove(file);
    CHECK_FALSE(Reading(*counters).is_there);
    host.write(4242, "vbd-7-51712", {});
    const auto again = host.open();
    REQUIRE(again);
    CHECK(Reading(*again)[DiskMetric::read_ops] == 100);
}

TEST_CASE("tapdisk: one without requests has times of zero") {
    Tapdisks host;
    host.process(4242);
    host.write(4242, "vbd-7-51712", {.numbers = {}});
    const auto counters = host.open();
    REQUIRE(counters);
    CHECK(Reading(*counters)[DiskMetric::read_time] == 0);
}

TEST_CASE("tapdisk: files that are not believed") {
    Tapdisks host;
    host.process(4242);
    SUBCASE("none") {}
    SUBCASE("another disk") { host.write(4242, "vbd-7-51728", {}); }
    SUBCASE("another domain") { host.write(4242, "vbd-8-51712", {}); }
    SUBCASE("of no known version") { host.write(4242, "vbd-7-51712", {.version = 2}); }
    SUBCASE("too short") { host.write(4242, "vbd-7-51712", {}, 95); }
    SUBCASE("of a process that is dead") { host.write(4243, "vbd-7-51712", {}); }
    SUBCASE("a name that is no number") { host.write(4242, "vbd-7-051712", {}); }
    SUBCASE("a folder") { fs::create_directories(host.folder(4242) / "vbd-7-51712"); }
    SUBCASE("a pipe") {
        fs::create_directories(host.folder(4242));
        REQUIRE(::mkfifo((host.folder(4242) / "vbd-7-51712").c_str(), 0600) == 0);
    }
    SUBCASE("a link") { fs::create_symlink(host.write(4242, "elsewhere", {}), host.folder(4242) / "vbd-7-51712"); }
    SUBCASE("a folder that others can write to") {
        host.write(4242, "vbd-7-51712", {});
        fs::permissions(host.folder(4242), fs::perms::all);
    }
    SUBCASE("a folder that is a link") {
        host.write(4241, "vbd-7-51712", {});
        fs::create_directory_symlink(host.folder(4241), host.folder(4242));
    }
    CHECK_FALSE(host.open());
}

TEST_CASE("tapdisk: of two with one disk the one that lives, and one that comes later") {
    Tapdisks host;
    CHECK_FALSE(host.open());
    Page old;
    old.numbers[2] = 1;
    host.write(100, "vbd-7-51712", old);
    host.process(4242);
    host.write(4242, "vbd-7-51712", {});
    CHECK_FALSE(host.tapdisks.open(7, 51712, host.now));  // it has just looked
    const auto counters = host.open();
    REQUIRE(counters);
    CHECK(Reading(*counters)[DiskMetric::read_ops] == 100);
}
