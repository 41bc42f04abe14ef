// The whole driver on a made-up /proc with one guest, whose monitor is a FakeQmp and whose threads'
// figures are files: so what happens between two ticks is exactly what the test writes.
#include <filesystem>
#include <fstream>
#include <functional>
#include <unistd.h>

#include <doctest/doctest.h>

#include "drivers/qemu/discovery.h"
#include "drivers/qemu/driver.h"
#include "drivers/qemu/open.h"
#include "drivers/qemu/tasks.h"
#include "fake_qmp.h"

using namespace virtscope;
using namespace virtscope::qemu;
using namespace std::chrono_literals;
using test::FakeQmp;
using test::Mode;

namespace fs = std::filesystem;

namespace {

class Tree {
public:
    Tree() {
        char name[] = "/tmp/virtscope-qemu-XXXXXX";
        root = ::mkdtemp(name);
    }
    ~Tree() {
        std::error_code ignored;
        fs::remove_all(root, ignored);
    }
    void write(const std::string& file, const std::string& text) const {
        const fs::path path = root / file;
        fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
    }
    void link(const std::string& file, const std::string& target) const {
        const fs::path path = root / file;
        fs::create_directories(path.parent_path());
        fs::remove(path);
        fs::create_symlink(target, path);
    }
    fs::path root;
};

std::string arguments(std::initializer_list<std::string> list) {
    std::string out;
    for (const std::string& argument : list) out += argument + '\0';
    return out;
}

std::string stat_line(int pid, char state, int start) {
    return fmt::format("{} (qemu) x) {} 1 {} {} 0 -1 0 0 0 0 0 6 7 0 0 20 0 3 0 {} 1 1", pid, state, pid, pid, start);
}

// A guest under this test's own process id, so that the monitor's peer is "its" process.
class Host {
public:
    Host() {
        options.monitor_deadline = 60ms;
        options.slow_interval = 1h;
        options.probe_interval = 1h;
        options.scan_interval = 1h;
        tree.write("stat", "cpu  1 2\nbtime 1700000000\n");
        tree.write("sys/kernel/random/boot_id", "0e0f\n");
        tree.link(dir + "exe", "/usr/bin/qemu-system-x86_64");
        tree.link(dir + "root", "/");
        tree.link(dir + "cwd", tree.root);
        tree.write(dir + "status", fmt::format("Name:\tqemu\nNSpid:\t{}\n", pid));
        tree.write(dir + "stat", stat_line(pid, 'S', 4242));
        start({"-name", "guest=a\"b|c\n\x1b[31m", "-uuid", "6d0d6a37-4d5e-4b3c-a5f5-3f0a1f9a6e11", "-m", "16", "-device",
               "virtio-blk-pci,id=vda,drive=d0", "-qmp", "unix:" + socket() + ",server=on,wait=off"});
        thread(pid, "qemu-system-x86", 100);
        thread(vcpu, "CPU 0/KVM", 200);
    }
    std::string socket() const { return (tree.root / "qmp").string(); }
    void start(std::initializer_list<std::string> options_of_qemu) const {
        tree.write(dir + "cmdline", arguments({"qemu-system-x86_64"}) + arguments(options_of_qemu));
    }
    void thread(int tid, const std::string& name, int ran, char state = 'S') const {
        const std::string task = dir + "task/" + std::to_string(tid) + "/";
        tree.write(task + "comm", name + "\n");
        tree.write(task + "stat", stat_line(tid, state, 4242));
        tree.write(task + "schedstat", fmt::format("{} 1 1\n", ran));
    }
    void open() { driver = std::make_unique<QemuDriver>(DriverHost{tree.root, tree.root / "sys"}, options); }

    const Frame& tick(Clock::duration patience = {}) {
        (void)driver->refresh(patience).has_value();  // a driver of this host is always reachable
        auto roster = std::make_shared<Roster>();
        std::vector<Slot> slots;
        for (const Place& place : driver->places()) {
            slots.push_back({&place, roster->guests.size(), roster->vcpus.size(), roster->disks.size(), roster->nics.size()});
            roster->guests.emplace_back();
            roster->vcpus.resize(roster->vcpus.size() + place.vcpus.size());
            roster->disks.resize(roster->disks.size() + place.disks.size());
            roster->nics.resize(roster->nics.size() + place.nics.size());
        }
        frame.monotonic = Clock::now().time_since_epoch() / 1ns;
        frame.reset(roster);
        const auto began = Clock::now();
        driver->ask(slots, frame, began + options.monitor_deadline);
        took = Clock::now() - began;
        for (Event& event : driver->take_events()) events.push_back(std::move(event));
        return frame;
    }
    // Ticks until something is so; false if it does not become so.
    bool until(const std::function<bool()>& so) {
        for (int i = 0; i < 200; ++i) {
            tick();
            if (so()) return true;
            ::usleep(10'000);
        }
        return false;
    }
    const Place& place() const { return driver->places()[0]; }
    std::optional<std::uint64_t> reads() const {
        return frame.table(Scope::Disk).rows() == 0 ? std::nullopt : frame.get(0, DiskMetric::read_ops);
    }
    bool stale() const { return frame.get(0, GuestMetric::stale) == 1U; }

    int pid = ::getpid();
    int vcpu = pid + 1;
    std::string dir = std::to_string(pid) + "/";
    Tree tree;
    DriverOptions options;
    std::unique_ptr<QemuDriver> driver;
    Frame frame;
    Clock::duration took{};
    std::vector<Event> events;
};

}  // namespace

TEST_CASE("executables: exactly QEMU's system emulators") {
    for (const char* yes : {"/usr/bin/qemu-system-x86_64", "/usr/libexec/qemu-kvm", "/usr/bin/kvm",
                            "/usr/bin/qemu-system-aarch64 (deleted)", "/nix/store/x/bin/.qemu-system-x86_64-wrapped"}) {
        CHECK(is_qemu_executable(yes));
    }
    for (const char* no : {"/usr/bin/qemu-img", "/usr/bin/qemu-system-", "/bin/kvm-ok", "/usr/bin/xqemu-system-x86_64", "",
                           "/qemu-system-x86_64/bash", "/usr/bin/qemu-x86_64", "."}) {
        CHECK_FALSE(is_qemu_executable(no));
    }
}

TEST_CASE("stat and status lines, whole and cut") {
    const std::string line = stat_line(12, 'T', 99);
    CHECK(parse_stat(line).state == 'T');
    CHECK(parse_stat(line).session == 12);
    for (std::size_t cut = 0; cut < line.size(); ++cut) (void)parse_stat(line.substr(0, cut)).state;
    unsigned levels = 0;
    CHECK(innermost_id("Name:\tx\nNSpid:\t4711\t12\nNSsid:\t1\n", levels) == 12);
    CHECK(levels == 2);
    CHECK(innermost_id("Name:\tx\n", levels) == 0);
    CHECK(vcpu_of_name("CPU 12/KVM") == 12U);
    CHECK_FALSE(vcpu_of_name("CPU x/KVM"));
    CHECK_FALSE(vcpu_of_name("CPU 1"));
    CHECK(tap_of_fdinfo("pos:\t0\niff:\ttap0\n") == "tap0");
    CHECK(tap_of_fdinfo("pos:\t0\n").empty());
}

TEST_CASE("URIs: ours, not ours, wrong") {
    CHECK(std::holds_alternative<std::unique_ptr<Driver>>(open_qemu("kvm:///", {}, {})));
    CHECK(std::holds_alternative<NotMine>(open_qemu("qemu:///system", {}, {})));
    CHECK(std::holds_alternative<NotMine>(open_qemu("", {}, {})));
    const Opened wrong = open_qemu("kvm://far/", {}, {});
    REQUIRE(std::holds_alternative<Error>(wrong));
    CHECK(std::get<Error>(wrong).message.find("kvm:///") != std::string::npos);
}

TEST_CASE("a guest with everything: found, named, asked, spared") {
    Host host;
    FakeQmp monitor(host.socket());
    host.tree.link(host.dir + "fd/3", "/dev/net/tun");
    host.tree.write(host.dir + "fdinfo/3", "pos:\t0\niff:\tvsnosuchtap\n");
    host.tree.link(host.dir + "fd/4", "/dev/net/tun");
    host.tree.write(host.dir + "fdinfo/4", "pos:\t0\niff:\tvsnosuchtap\n");
    host.tree.link(host.dir + "fd/5", "anon_inode:kvm-vm");
    host.open();
    host.tick(2s);
    REQUIRE(host.driver->places().size() == 1);
    const Place& place = host.place();
    CHECK(place.name == "a\"b|c\n\x1b[31m");
    CHECK(place.uuid.text() == "6d0d6a37-4d5e-4b3c-a5f5-3f0a1f9a6e11");
    CHECK(place.generation == 4242);
    CHECK(place.note.empty());
    CHECK(place.memory_max == 16U << 20);
    CHECK(place.start_realtime == 1'700'000'042'420'000'000);
    REQUIRE(place.vcpus.size() == 1);
    CHECK(place.vcpus[0].task->tid == host.vcpu);
    REQUIRE(place.disks.size() == 1);
    CHECK(place.disks[0].source == "/images/vda.raw");
    REQUIRE(place.nics.size() == 1);  // two queues of one tap
    CHECK(place.nics[0].name == "vsnosuchtap");
    CHECK(place.nics[0].ifindex == 0);
    CHECK(host.driver->hypervisor() == "QEMU 7.2.3 (KVM)");
    CHECK(host.frame.get(0, GuestMetric::state) == static_cast<std::uint64_t>(GuestState::running));
    CHECK(host.frame.get(0, GuestMetric::memory_balloon) == 8388608U);
    CHECK(host.frame.get(0, DiskMetric::capacity) == 1048576U);
    CHECK(host.reads() == 5U);
    CHECK_FALSE(host.frame.get(0, DiskMetric::write_ops));
    CHECK_FALSE(host.frame.get(0, DiskMetric::in_flight));

    const int asked = monitor.asked("query-blockstats");
    const auto spared = host.driver->counts().spared;
    const auto generation = host.driver->generation();
    for (int i = 0; i < 3; ++i) host.tick();
    CHECK(monitor.asked("query-blockstats") == asked);
    CHECK(host.driver->counts().spared == spared + 3);
    CHECK(host.driver->generation() == generation);
    CHECK(host.reads() == 5U);
    CHECK(host.frame.get(0, GuestMetric::monitor_age) == 0U);
    CHECK(host.frame.table(Scope::Disk).row(0).time >= host.frame.monotonic);

    monitor.script("query-blockstats", R"([{"device": "", "qdev": "/machine/peripheral/vda/virtio-backend",
        "node-name": "d0", "stats": {"rd_operations": 6}}])");
    host.thread(host.pid, "qemu-system-x86", 101);  // the main thread has run
    host.tick();
    CHECK(host.reads() == 6U);
    host.thread(host.vcpu, "CPU 0/KVM", 999);  // a vCPU alone completes nothing on a virtio disk
    const int before = monitor.asked("query-blockstats");
    host.tick();
    CHECK(monitor.asked("query-blockstats") == before);
    CHECK_FALSE(monitor.overlapped());
}

TEST_CASE("a guest whose thread runs or is stopped after the answer is asked again") {
    for (const char state : {'R', 'T', 'D'}) {
        Host host;
        FakeQmp monitor(host.socket());
        host.thread(host.pid, "qemu-system-x86", 100, state);
        host.options.monitor_deadline = 5s;  // it answers at once; this machine may not
        host.open();
        host.tick(5s);
        const int asked = monitor.asked("query-blockstats");
        host.tick();
        CHECK(monitor.asked("query-blockstats") == asked + 1);
    }
}

TEST_CASE("a disk that may complete requests in a vCPU makes the vCPUs witnesses") {
    Host host;
    FakeQmp monitor(host.socket());
    monitor.script("query-blockstats", R"([{"device": "ide0-hd0", "qdev": "/machine/unattached/device[20]",
        "node-name": "#block1", "stats": {"rd_operations": 6}}])");
    host.open();
    host.tick(2s);
    CHECK(host.place().disks.at(0).name == "ide0-hd0");
    host.tick();
    const int asked = monitor.asked("query-blockstats");
    host.tick();
    CHECK(monitor.asked("query-blockstats") == asked);
    host.thread(host.vcpu, "CPU 0/KVM", 201);
    host.tick();
    CHECK(monitor.asked("query-blockstats") == asked + 1);
}

TEST_CASE("a guest is asked now and then whatever its witnesses say") {
    Host host;
    host.options.probe_interval = 1s;
    FakeQmp monitor(host.socket());
    host.open();
    host.tick(2s);
    const int asked = monitor.asked("query-blockstats");
    CHECK(host.until([&] { return monitor.asked("query-blockstats") > asked; }));
}

TEST_CASE("however its bytes come, a monitor is understood") {
    for (const Mode mode : {Mode::bytewise, Mode::merged, Mode::wrong_ids}) {
        Host host;
        FakeQmp monitor(host.socket());
        monitor.mode = mode;
        host.options.monitor_deadline = 1s;
        host.open();
        host.tick(5s);
        CHECK(host.until([&] { return host.reads() == 5U; }));
        CHECK(host.place().note.empty());
        CHECK(monitor.connections() == 1);
        CHECK_FALSE(monitor.overlapped());
    }
}

TEST_CASE("a monitor that hangs: stale at its deadline, waited for once, fresh when it answers") {
    Host host;
    FakeQmp monitor(host.socket());
    host.open();
    host.tick(2s);
    REQUIRE(host.reads() == 5U);
    CHECK_FALSE(host.stale());
    monitor.mode = Mode::hanging;
    host.thread(host.pid, "qemu-system-x86", 150, 'T');
    host.tick();
    CHECK(host.stale());
    CHECK(host.took >= 50ms);
    CHECK(host.took < 200ms);
    CHECK(host.frame.table(Scope::Guest).row(0).quality == Quality::stale);
    CHECK(host.frame.table(Scope::Disk).row(0).quality == Quality::stale);
    CHECK_FALSE(host.reads());
    CHECK_FALSE(host.frame.get(0, GuestMetric::memory_balloon));
    for (int i = 0; i < 5; ++i) {
        host.tick();
        CHECK(host.stale());
        CHECK(host.took < 40ms);  // not waited for again
    }
    CHECK(host.place().note.starts_with("monitor: query-blockstats not answered since 20"));
    CHECK(host.frame.get(0, GuestMetric::monitor_latency).value_or(0) > 50'000'000);
    monitor.mode = Mode::proper;
    host.thread(host.pid, "qemu-system-x86", 160);
    CHECK(host.until([&] { return !host.stale() && host.reads() == 5U; }));
    host.tick();
    CHECK(host.place().note.empty());
    CHECK(monitor.connections() == 1);
    REQUIRE(host.events.size() == 2);
    CHECK(host.events[0].kind == EventKind::monitor_lost);
    CHECK(host.events[0].text.starts_with("query-blockstats not answered for "));
    CHECK(host.events[1].kind == EventKind::monitor_back);
    CHECK_FALSE(monitor.overlapped());
}

TEST_CASE("a monitor that is held by somebody else is left and tried again later") {
    Host host;
    FakeQmp monitor(host.socket());
    monitor.mode = Mode::silent;
    host.open();
    host.tick(50ms);
    CHECK(host.until([&] { return host.place().note == "monitor: in use by another client"; }));
    CHECK(host.frame.get(0, GuestMetric::state) == static_cast<std::uint64_t>(GuestState::running));
    CHECK_FALSE(host.stale());
    CHECK(host.place().disks.at(0).name == "vda");  // as configured
    CHECK(host.frame.table(Scope::Disk).row(0).quality == Quality::unsupported);
    monitor.mode = Mode::proper;
    CHECK(host.until([&] { return host.reads() == 5U && host.place().note.empty(); }));
}

TEST_CASE("garbage, endless messages and floods cost that connection only, with the reason shown") {
    for (const auto& [mode, reason] : {std::pair{Mode::garbage, "no JSON"}, std::pair{Mode::oversize, "larger than 4 MiB"},
                                       std::pair{Mode::flooding, "a tick"}, std::pair{Mode::other, "no QMP way"}}) {
        Host host;
        FakeQmp monitor(host.socket());
        monitor.mode = mode;
        host.open();
        host.tick(200ms);
        CHECK(host.took < 500ms);
        const bool shown = host.until([&, why = reason] { return host.place().note.find(why) != std::string::npos; });
        CHECK_MESSAGE(shown, host.place().note);
        monitor.mode = Mode::proper;
        CHECK(host.until([&] { return host.reads() == 5U; }));
    }
}

TEST_CASE("why there is no monitor is said") {
    Host host;
    SUBCASE("no socket there") {
        host.open();
        host.tick(10ms);
        CHECK(host.until([&] { return host.place().note.find("No such file") != std::string::npos; }));
    }
    SUBCASE("not a socket") {
        host.tree.write("qmp", "");
        host.open();
        host.tick(10ms);
        CHECK(host.until([&] { return host.place().note.find("is no socket") != std::string::npos; }));
    }
    SUBCASE("another manager's is never opened") {
        FakeQmp monitor(host.socket());
        host.start({"-name", "x", "-chardev", "socket,id=charmonitor,fd=3,server=on", "-mon", "charmonitor,mode=control"});
        host.open();
        host.tick(10ms);
        host.tick();
        CHECK(host.place().note == "monitor: belongs to libvirt");
        CHECK(monitor.connections() == 0);
    }
    SUBCASE("monitors are not to be used") {
        FakeQmp monitor(host.socket());
        host.options.use_monitors = false;
        host.open();
        host.tick(10ms);
        host.tick();
        CHECK(host.place().note == "monitor: not used, as configured");
        CHECK(monitor.connections() == 0);
    }
}

TEST_CASE("events change the state; what they leave open is looked up") {
    Host host;
    FakeQmp monitor(host.socket());
    host.open();
    host.tick(2s);
    const auto state_is = [&](GuestState state) {
        return host.until([&, state] {
            return host.frame.get(0, GuestMetric::state) == static_cast<std::uint64_t>(state);
        });
    };
    monitor.script("query-status", R"({"status": "io-error", "running": false})");
    monitor.send_event("STOP");
    CHECK(state_is(GuestState::paused_io));
    monitor.script("query-status", R"({"status": "running", "running": true})");
    monitor.send_event("RESUME");
    CHECK(state_is(GuestState::running));
    monitor.send_event("GUEST_PANICKED");
    CHECK(state_is(GuestState::crashed));
    REQUIRE_FALSE(host.events.empty());
    CHECK(host.events.back().kind == EventKind::guest_state);
    CHECK(host.events.back().text == "from running to crashed");
}

TEST_CASE("a disk that is plugged in appears, one that is pulled goes") {
    Host host;
    FakeQmp monitor(host.socket());
    host.open();
    host.tick(2s);
    monitor.script("query-blockstats", R"([{"device": "", "qdev": "/machine/peripheral/vdb/virtio-backend",
        "node-name": "d1", "stats": {"rd_operations": 1}}])");
    host.thread(host.pid, "qemu-system-x86", 300);
    CHECK(host.until([&] { return host.place().disks.at(0).name == "vdb" && host.reads() == 1U; }));
    CHECK(host.until([&] { return monitor.asked("query-iothreads") == 2; }));
}

TEST_CASE("balloon reports are switched on only when asked for, and read") {
    Host host;
    host.options.balloon_polling = 5s;
    host.options.slow_interval = 1s;
    FakeQmp monitor(host.socket());
    monitor.script("qom-list", R"([{"name": "device[0]", "type": "child<virtio-net-pci>"},
                                  {"name": "balloon0", "type": "child<virtio-balloon-pci>"}])");
    monitor.script("qom-set", "{}");
    monitor.script("qom-get", R"({"stats": {"stat-free-memory": 4096}, "last-update": 1700000000})");
    host.open();
    host.tick(2s);
    CHECK(host.until([&] { return host.frame.get(0, GuestMetric::memory_unused) == 4096U; }));
    CHECK(monitor.asked("qom-set") == 1);

    Host plain;
    FakeQmp quiet(plain.socket());
    plain.open();
    plain.tick(2s);
    plain.tick();
    CHECK(quiet.asked("qom-set") == 0);
    CHECK(quiet.asked("qom-list") == 0);
}

TEST_CASE("two processes with one UUID: the older keeps it, the other is told apart") {
    Host host;
    const std::string other = std::to_string(host.pid + 100000) + "/";
    host.tree.link(other + "exe", "/usr/bin/qemu-system-x86_64 (deleted)");
    host.tree.write(other + "stat", stat_line(host.pid + 100000, 'S', 9999));
    host.tree.write(other + "cmdline", arguments({"x", "-name", "twin", "-uuid", "6d0d6a37-4d5e-4b3c-a5f5-3f0a1f9a6e11"}));
    const std::string launcher = std::to_string(host.pid + 200000) + "/";
    host.tree.link(launcher + "exe", "/usr/bin/qemu-system-x86_64");
    host.tree.write(launcher + "stat", stat_line(host.pid + 200000, 'S', 9998));
    host.tree.write(launcher + "cmdline", arguments({"x", "-name", "launcher", "-daemonize"}));
    const std::string impostor = std::to_string(host.pid + 300000) + "/";
    host.tree.link(impostor + "exe", "/usr/bin/sleep");
    host.tree.write(impostor + "stat", stat_line(host.pid + 300000, 'S', 9997));
    host.tree.write(impostor + "cmdline", arguments({"qemu-system-x86_64", "-name", "impostor"}));
    host.open();
    host.tick(10ms);
    host.tick();
    REQUIRE(host.driver->places().size() == 2);
    const Place& first = host.driver->places()[0];
    const Place& second = host.driver->places()[1];
    CHECK(first.uuid.text() == "6d0d6a37-4d5e-4b3c-a5f5-3f0a1f9a6e11");
    CHECK(second.name == "twin");
    CHECK(second.uuid != first.uuid);
    CHECK(second.note.find("a second process with this UUID") != std::string::npos);
}
