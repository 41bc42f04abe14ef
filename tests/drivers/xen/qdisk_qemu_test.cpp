// Qdisks asked of a real QEMU, with the sockets that libxl gives it and its disks named as QEMU's Xen backend names them.
#include <csignal>
#include <cstdio>
#include <doctest/doctest.h>
#include <fstream>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "disk_reading.h"
#include "drivers/qemu/qmp_client.h"
#include "drivers/xen/qdisk.h"
#include "folder.h"

using namespace virtscope;
using namespace std::chrono_literals;
using test::await;
using Clock = std::chrono::steady_clock;
using Reading = test::DiskReading;
namespace fs = std::filesystem;

namespace {

constexpr const char* program = "/usr/bin/qemu-system-x86_64";

class Qemu {
public:
    explicit Qemu(const test::Folder& folder) {
        std::vector<std::string> words{program, "-S", "-accel", "tcg", "-m", "16", "-nodefaults", "-no-user-config", "-display", "none"};
        for (const char* const disk : {"xvda", "xvdb"}) {
            const std::string image = folder.root / disk;
            std::ofstream(image).put('x');
            fs::resize_file(image, 1 << 20);
            words.insert(words.end(), {"-blockdev", fmt::format("driver=raw,node-name={}-raw,file.driver=file,file.filename={}", disk, image),
                                       "-device", fmt::format("virtio-blk-pci,drive={}-raw", disk)});
        }
        for (const char* const id : {"libxl", "libxenstat"}) {
            words.insert(words.end(), {"-chardev", fmt::format("socket,id={0}-cmd,path={1}/qmp-{0}-7,server=on,wait=off", id, folder.root.string()),
                                       "-mon", fmt::format("chardev={}-cmd,mode=control", id)});
        }
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        REQUIRE(::posix_spawn(&pid_, program, nullptr, nullptr, arguments.data(), environ) == 0);
    }
    void connect(const test::Folder& folder) {
        await([&] { return fs::exists(folder.socket(7)) && fs::exists(folder.root / "qmp-libxl-7"); });
        control_ = client(folder.root / "qmp-libxl-7");
    }
    ~Qemu() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    Qemu(const Qemu&) = delete;
    Qemu& operator=(const Qemu&) = delete;

    std::optional<qemu::QmpClient> client(const std::string& path) const {
        qemu::Endpoint endpoint;
        endpoint.kind = qemu::Endpoint::Kind::unix_path;
        endpoint.path = path;
        const auto process = Process::open("/proc", pid_);
        REQUIRE(process);
        std::optional<qemu::QmpClient> connected;
        await([&] {
            auto attempt = qemu::QmpClient::connect(endpoint, *process, Clock::now() + 10s);
            if (attempt) connected = std::move(*attempt);
            return connected.has_value();
        });
        return connected;
    }
    // What query-blockstats says, by the way of libxl's own monitor.
    qemu::Json disk(const std::string& node) {
        const auto told = control_->ask("query-blockstats", Clock::now() + 10s);
        REQUIRE(told);
        for (const qemu::Json& disk : *told) {
            if (qemu::text_at(disk, "node-name") == node) return disk;
        }
        FAIL("no disk ", node);
        return {};
    }
    // A request of the guest's, as far as QEMU's accounts go.
    void request(const std::string& node, const std::string& what) {
        const std::string line = fmt::format("qemu-io -d {} \"{}\"", qemu::text_at(disk(node), "qdev"), what);
        REQUIRE(control_->ask("human-monitor-command", {{"command-line", line}}, Clock::now() + 10s));
    }

private:
    pid_t pid_ = 0;
    std::optional<qemu::QmpClient> control_;
};

std::uint64_t number(const qemu::Json& disk, const char* key) { return disk.at("stats").at(key).get<std::uint64_t>(); }

}  // namespace

TEST_CASE("qdisk: a real QEMU's counters, and its monitor is free for others again") {
    using enum DiskMetric;
    if (::access(program, X_OK) != 0) {
        MESSAGE("skipped: no ", program, " (qemu-system-x86)");
        return;
    }
    const test::Folder folder;
    Qemu qemu(folder);
    qemu.connect(folder);
    xen::Qdisks qdisks(folder.root);
    const auto monitor = qdisks.monitor(7);
    xen::QdiskCounters xvda(monitor, "xvda");
    xen::QdiskCounters xvdb(monitor, "xvdb");
    qdisks.await_first(Clock::now() + 30s);
    CHECK(monitor->trouble().empty());
    CHECK(Reading(xvda)[read_ops] == 0);
    qemu.request("xvda-raw", "aio_write 0 8192");
    qemu.request("xvda-raw", "aio_write 8192 4096");
    qemu.request("xvda-raw", "aio_read 0 4096");
    qemu.request("xvdb-raw", "aio_read 0 65536");
    qdisks.ask();
    await([&] { return Reading(xvdb)[read_ops] == 1; });
    for (const auto& [counters, node] : {std::pair(&xvda, "xvda-raw"), std::pair(&xvdb, "xvdb-raw")}) {
        const Reading disk(*counters);
        const qemu::Json truth = qemu.disk(node);
        for (const auto& [metric, key] : {std::pair(read_ops, "rd_operations"), std::pair(read_bytes, "rd_bytes"), std::pair(read_time, "rd_total_time_ns"),
                                          std::pair(write_ops, "wr_operations"), std::pair(write_bytes, "wr_bytes"), std::pair(write_time, "wr_total_time_ns")}) {
            CHECK_MESSAGE(disk[metric] == number(truth, key), node, " ", key);
        }
        CHECK(disk[failed_ops] == 0);
    }
    CHECK(Reading(xvda)[write_bytes] == 12288);

    // As xentop: greeted at once, for we have left; while it stays we wait in vain.
    auto other = qemu.client(folder.socket(7));
    qdisks.ask();
    await([&] { return monitor->answer() == nullptr; });
    CHECK(monitor->trouble() == "does not greet: another client has it, or QEMU hangs");
    CHECK(other->ask("query-status", Clock::now() + 10s));
    other.reset();
    await([&] { return qdisks.ask(), monitor->answer() != nullptr; });
    CHECK(Reading(xvda)[write_bytes] == 12288);
}
