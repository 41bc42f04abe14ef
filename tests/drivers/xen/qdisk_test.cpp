// Qdisks, whose QEMU is a FakeQmp.
#include "drivers/xen/qdisk.h"

#include <algorithm>

#include "core/clock.h"
#include "../fake_qmp.h"
#include "disk_reading.h"
#include "folder.h"

using namespace virtscope;
using namespace std::chrono_literals;
using test::await;
using test::Folder;
using test::FakeQmp;
using test::Mode;
using Clock = std::chrono::steady_clock;
using Reading = test::DiskReading;
namespace fs = std::filesystem;

namespace {

// As QEMU 7.2 tells of two disks of a PV guest with a cdrom that is empty.
constexpr const char* told = R"([
    {"device": "", "qdev": "/machine/unattached/device[6]", "node-name": "xvda1-qcow2", "stats": {"rd_operations": 9}},
    {"device": "", "qdev": "/machine/unattached/device[5]", "node-name": "xvda-raw", "stats": {
        "rd_operations": 5, "rd_bytes": 20480, "rd_total_time_ns": 700, "wr_operations": 6, "wr_bytes": 24576, "wr_total_time_ns": 800,
        "flush_operations": 0, "flush_total_time_ns": 0, "unmap_operations": 0, "unmap_bytes": 0,
        "failed_rd_operations": 1, "failed_wr_operations": 2, "failed_flush_operations": 0, "failed_unmap_operations": 0}},
    {"device": "ide0-cd0", "qdev": "/machine/unattached/device[7]", "stats": {"rd_operations": 0}}])";

Clock::time_point soon() { return Clock::now() + 30s; }

}  // namespace

TEST_CASE("qdisk: counters by the name of the disk, with the time at which they were true") {
    using enum DiskMetric;
    const Folder folder;
    FakeQmp qemu(folder.socket(7));
    qemu.script("query-blockstats", told);
    xen::Qdisks qdisks(folder.root);
    xen::QdiskCounters xvda(qdisks.monitor(7), "xvda");
    xen::QdiskCounters xvda1(qdisks.monitor(7), "xvda1");
    xen::QdiskCounters other(qdisks.monitor(7), "xvdb");
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
    xen::QdiskCounters disk(first, "xvda");
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
        CHECK(Clock::now() - asked < 900ms);
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
        xen::QdiskCounters disk(qdisks.monitor(3), "xvda");
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
    CHECK(none->answer() == nullptr);
    CHECK(qdisks.troubles() == 0);  // QEMU may be about to start
    await([&] { return qdisks.ask(), !none->trouble().empty() && !ended->trouble().empty(); });
    CHECK(none->trouble() == "there is none: the domain's QEMU was not started by libxl, or not in Domain-0");
    CHECK(ended->trouble() == "nobody listens: the domain's QEMU has ended");
    xen::Qdisks elsewhere(std::string(200, 'x'));
    const auto long_path = elsewhere.monitor(4);
    elsewhere.await_first(soon());
    CHECK(long_path->trouble() == "its path is too long for a socket");
}

TEST_CASE("qdisk: more of them than are asked at a time, all in one round") {
    constexpr int count = 150;
    const Folder folder;
    std::vector<std::unique_ptr<FakeQmp>> qemus;
    for (int i = 0; i < count; ++i) {
        qemus.push_back(std::make_unique<FakeQmp>(folder.socket(i)));
        qemus.back()->script("query-blockstats", told);
    }
    xen::Qdisks qdisks(folder.root);
    std::vector<std::shared_ptr<const xen::QdiskMonitor>> monitors;
    for (std::uint32_t i = 0; i < count; ++i) monitors.push_back(qdisks.monitor(i));
    qdisks.await_first(soon());
    CHECK(std::ranges::all_of(monitors, [](const auto& monitor) { return monitor->answer() != nullptr; }));
    CHECK(qdisks.questions() == count);
    CHECK(qdisks.troubles() == 0);
}

TEST_CASE("qdisk: a QEMU that listens later than its domain has disks is no trouble") {
    const Folder folder;
    xen::Qdisks qdisks(folder.root);
    const auto monitor = qdisks.monitor(6);
    qdisks.await_first(soon());
    const FakeQmp qemu(folder.socket(6));
    await([&] { return qdisks.ask(), monitor->answer() != nullptr; });
    CHECK(qdisks.troubles() == 0);
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
