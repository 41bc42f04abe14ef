// Disks that are not the kernel's: qdisks, whose QEMU is a FakeQmp, and tapdisks, which are files.
#include <array>
#include <cstdlib>
#include <cstring>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "core/clock.h"
#include "drivers/xen/qdisk.h"
#include "drivers/xen/tapdisk.h"
#include "../fake_qmp.h"

using namespace virtscope;
using namespace std::chrono_literals;
using test::FakeQmp;
using test::Mode;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

namespace {

// As QEMU 7.2 tells of two disks of a PV guest with a cdrom that is empty.
constexpr const char* told = R"([
    {"device": "", "qdev": "/machine/unattached/device[5]", "node-name": "xvda-raw", "stats": {
        "rd_operations": 5, "rd_bytes": 20480, "rd_total_time_ns": 700, "wr_operations": 6, "wr_bytes": 24576, "wr_total_time_ns": 800,
        "flush_operations": 0, "flush_total_time_ns": 0, "unmap_operations": 0, "unmap_bytes": 0,
        "failed_rd_operations": 1, "failed_wr_operations": 2, "failed_flush_operations": 0, "failed_unmap_operations": 0}},
    {"device": "", "qdev": "/machine/unattached/device[6]", "node-name": "xvda1-qcow2", "stats": {"rd_operations": 9}},
    {"device": "ide0-cd0", "qdev": "/machine/unattached/device[7]", "stats": {"rd_operations": 0}}])";

class Folder {
public:
    Folder() {
        char name[] = "/tmp/virtscope-xen-XXXXXX";
        root = ::mkdtemp(name);
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(root, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string socket(int domid) const { return root / fmt::format("qmp-libxenstat-{}", domid); }
    fs::path root;
};

// One row of a disk, as counters fill it.
struct Reading {
    explicit Reading(const xen::BlockCounters& counters) {
        auto roster = std::make_shared<Roster>();
        roster->guests.emplace_back();
        roster->disks.emplace_back();
        frame.reset(roster);
        is_there = counters.read(0, frame);
    }
    std::optional<std::uint64_t> operator[](DiskMetric metric) const { return frame.get(0, metric); }
    const Row& row() const { return frame.table(Scope::Disk).row(0); }
    bool nothing() const { return row().present == 0; }
    Frame frame;
    bool is_there = false;
};

void await(const std::function<bool()>& is_so) {
    const auto begin = Clock::now();
    while (!is_so()) {
        REQUIRE(Clock::now() - begin < 30s);
        std::this_thread::sleep_for(1ms);
    }
}

Clock::time_point soon() { return Clock::now() + 30s; }

}  // namespace

TEST_CASE("qdisk: counters by the name of the disk, with the time at which they were true") {
    using enum DiskMetric;
    const Folder folder;
    FakeQmp qemu(folder.socket(7));
    qemu.script("query-blockstats", told);
    xen::Qdisks qdisks(folder.root);
    const xen::QdiskCounters xvda(qdisks.monitor(7), "xvda");
    const xen::QdiskCounters xvda1(qdisks.monitor(7), "xvda1");
    const xen::QdiskCounters other(qdisks.monitor(7), "xvdb");
    const auto before = clock_ns(CLOCK_MONOTONIC);
    qdisks.await_first(soon());
    const auto after = clock_ns(CLOCK_MONOTONIC);
    const Reading disk(xvda);
    CHECK(disk.is_there);
    CHECK(disk[read_ops] == 5);
    CHECK(disk[read_bytes] == 20480);
    CHECK(disk[read_time] == 700);
    CHECK(disk[write_ops] == 6);
    CHECK(disk[write_bytes] == 24576);
    CHECK(disk[write_time] == 800);
    CHECK(disk[failed_ops] == 3);
    CHECK(disk.row().quality == Quality::fresh);
    CHECK(disk.row().time >= before);
    CHECK(disk.row().time <= after);
    CHECK(Reading(xvda1)[read_ops] == 9);
    CHECK(Reading(other).nothing());
    CHECK(Reading(other).is_there);
    CHECK(qdisks.trouble(7).empty());
    // QEMU's Xen backend does not count these, so its zeros are none.
    for (const DiskMetric metric : {flush_ops, flush_time, discard_ops, discard_bytes}) CHECK_FALSE(disk[metric]);
}

TEST_CASE("qdisk: each question is a conversation of its own, one a tick") {
    const Folder folder;
    FakeQmp qemu(folder.socket(7));
    qemu.script("query-blockstats", told);
    xen::Qdisks qdisks(folder.root);
    const auto monitor = qdisks.monitor(7);
    qdisks.await_first(soon());
    for (int question = 2; question <= 5; ++question) {
        const auto last = monitor->answer();
        qdisks.ask();
        await([&] { return monitor->answer() != last; });
        CHECK(qemu.asked("query-blockstats") == question);
        await([&] { return qemu.connections() == question; });
        CHECK_FALSE(qemu.overlapped());
    }
    CHECK(qdisks.questions() == 5);
    CHECK(qdisks.troubles() == 0);
}

TEST_CASE("qdisk: one that is silent is said by name, has no values, is asked less often; others go on") {
    const Folder folder;
    FakeQmp silent(folder.socket(1));
    FakeQmp proper(folder.socket(2));
    silent.script("query-blockstats", told);
    proper.script("query-blockstats", told);
    xen::Qdisks qdisks(folder.root);
    const auto first = qdisks.monitor(1);
    const auto second = qdisks.monitor(2);
    const xen::QdiskCounters disk(first, "xvda");
    qdisks.await_first(soon());
    REQUIRE(Reading(disk)[DiskMetric::read_ops] == 5);
    silent.mode = Mode::silent;
    int answers = 0;
    auto last = second->answer();
    const auto begin = Clock::now();
    while (Clock::now() - begin < 4s) {
        qdisks.ask();
        const auto asked = Clock::now();
        await([&] { return second->answer() != last; });
        CHECK(Clock::now() - asked < 500ms);
        last = second->answer();
        ++answers;
        std::this_thread::sleep_for(10ms);
    }
    CHECK(answers > 20);
    CHECK(silent.connections() <= 3);  // the first, and again after a second and then after two
    CHECK(qdisks.trouble(1) == fmt::format("qdisk: {}: does not greet: another client has it, or QEMU hangs", folder.socket(1)));
    CHECK(qdisks.trouble(2).empty());
    CHECK(Reading(disk).nothing());
    CHECK(Reading(disk).row().quality == Quality::stale);
    CHECK(Reading(disk).is_there);
    const auto troubles = qdisks.troubles();
    silent.mode = Mode::proper;
    await([&] { return qdisks.ask(), first->answer() != nullptr; });
    CHECK(qdisks.trouble(1).empty());
    CHECK(qdisks.troubles() == troubles + 1);
    CHECK(Reading(disk)[DiskMetric::read_ops] == 5);
}

TEST_CASE("qdisk: what is wrong with a monitor") {
    const Folder folder;
    const auto trouble_with = [&](Mode mode) {
        fs::remove(folder.socket(3));
        FakeQmp qemu(folder.socket(3));
        qemu.mode = mode;
        xen::Qdisks qdisks(folder.root);
        const auto monitor = qdisks.monitor(3);
        qdisks.await_first(soon());
        CHECK(monitor->answer() == nullptr);
        return monitor->trouble();
    };
    CHECK(trouble_with(Mode::hanging) == "does not answer");
    CHECK(trouble_with(Mode::flooding) == "does not answer");
    CHECK(trouble_with(Mode::other) == "does not greet as QMP does");
    CHECK_FALSE(trouble_with(Mode::garbage).empty());
    CHECK_FALSE(trouble_with(Mode::oversize).empty());
}

TEST_CASE("qdisk: odd, but an answer") {
    const Folder folder;
    for (const Mode mode : {Mode::bytewise, Mode::merged, Mode::wrong_ids}) {
        fs::remove(folder.socket(3));
        FakeQmp qemu(folder.socket(3));
        qemu.script("query-blockstats", told);
        qemu.mode = mode;
        xen::Qdisks qdisks(folder.root);
        const xen::QdiskCounters disk(qdisks.monitor(3), "xvda");
        qdisks.await_first(soon());
        CHECK(Reading(disk)[DiskMetric::write_bytes] == 24576);
    }
}

TEST_CASE("qdisk: no socket, or one where nobody listens") {
    const Folder folder;
    { const FakeQmp ended(folder.socket(5)); }
    xen::Qdisks qdisks(folder.root);
    const auto none = qdisks.monitor(4);
    const auto ended = qdisks.monitor(5);
    qdisks.await_first(soon());
    CHECK(none->trouble() == "there is none: the domain's QEMU was not started by libxl, or not in Domain-0");
    CHECK(ended->trouble() == "nobody listens: the domain's QEMU has ended");
    xen::Qdisks elsewhere(std::string(200, 'x'));
    const auto long_path = elsewhere.monitor(4);
    elsewhere.await_first(soon());
    CHECK(long_path->trouble() == "its path is too long for a socket");
}

TEST_CASE("qdisk: a domain that nobody holds is asked no more") {
    const Folder folder;
    FakeQmp qemu(folder.socket(7));
    FakeQmp other(folder.socket(8));
    xen::Qdisks qdisks(folder.root);
    auto monitor = qdisks.monitor(7);
    const auto kept = qdisks.monitor(8);
    CHECK(qdisks.monitor(7) == monitor);
    qdisks.await_first(soon());
    monitor.reset();
    for (int i = 0; i < 5; ++i) {
        const auto last = kept->answer();
        qdisks.ask();
        await([&] { return kept->answer() != last; });
    }
    CHECK(qemu.connections() == 1);
    CHECK(other.connections() >= 6);
    CHECK(qdisks.trouble(7).empty());
}

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
    std::shared_ptr<const xen::BlockCounters> open(std::uint32_t domid = 7, unsigned device = 51712) {
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
