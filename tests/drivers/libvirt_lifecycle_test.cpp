// Orders against libvirt's own test hypervisor, which lives in this process.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <thread>

#include "drivers/libvirt/lifecycle.h"
#include "drivers/libvirt/lifecycle_task.h"

using namespace virtscope;
using namespace std::chrono_literals;

namespace {

struct Unwatched final : Progress {
    void at(std::uint64_t, std::uint64_t) override {}
};

// The test hypervisor keeps its guests while a connection is open, and the lifecycle keeps one: each bench is new.
struct Bench {
    std::shared_ptr<Lifecycle> lifecycle = libvirt::make_lifecycle("test:///default", true);
    Order base;

    Bench() {
        base.target.name = "test";
        base.target.uuid = *Uuid::parse("6695eb01-f6a4-8304-79aa-97f2502e193f");
        base.target.local_id = 1;
        base.target.generation = 2;
    }
    Result<Answer> order(Verb verb, const std::function<void(Order&)>& with = [](Order&) {}) {
        Order order = base;
        order.verb = verb;
        order.deadline = std::chrono::steady_clock::now() + 5s;
        with(order);
        Unwatched progress;
        return lifecycle->carry_out(order, progress);
    }
    // What the newest frame would say after another start.
    void now_off() { base.target.generation = 0, base.target.local_id = 0; }
    void now_runs(std::int64_t id) {
        base.target.generation = static_cast<std::uint64_t>(id) + 1;
        base.target.local_id = id;
    }
};

bool done(const Result<Answer>& answer) {
    if (!answer) MESSAGE(answer.error().message);
    return answer.has_value() && !answer->already;
}
bool was_so(const Result<Answer>& answer) {
    if (!answer) MESSAGE(answer.error().message);
    return answer.has_value() && answer->already;
}
bool failed(const Result<Answer>& answer, ErrorKind kind, std::string_view part) {
    if (answer) return false;
    const bool as_wanted = answer.error().kind == kind && answer.error().message.find(part) != std::string::npos;
    if (!as_wanted) MESSAGE(static_cast<int>(answer.error().kind) << " " << answer.error().message);
    return as_wanted && answer.error().message.find('\n') == std::string::npos;
}

std::string domain(const std::string& name, const std::string& more = {}) {
    return "<domain type='test'><name>" + name +
           "</name><memory unit='MiB'>64</memory><vcpu current='1'>4</vcpu><os><type>hvm</type></os>" + more + "</domain>";
}
auto text(std::string xml) {
    return [xml = std::move(xml)](Order& order) { order.text = xml; };
}

}  // namespace

TEST_CASE("libvirt orders: suspend and resume, and what is so already") {
    Bench bench;
    CHECK(was_so(bench.order(Verb::resume)));
    CHECK(was_so(bench.order(Verb::start)));
    CHECK(done(bench.order(Verb::suspend, [](Order& order) { order.dry_run = true; })));
    CHECK(done(bench.order(Verb::suspend)));
    CHECK(was_so(bench.order(Verb::suspend)));
    CHECK(failed(bench.order(Verb::start), ErrorKind::busy, "test: is paused"));
    CHECK(failed(bench.order(Verb::shutdown), ErrorKind::busy, "resume it first"));
    CHECK(done(bench.order(Verb::resume)));
}

TEST_CASE("libvirt orders: destroy, start, and no order hits a run that was not meant") {
    Bench bench;
    CHECK(failed(bench.order(Verb::destroy, [](Order& order) { order.mode = "softly"; }), ErrorKind::unsupported, "softly"));
    CHECK(done(bench.order(Verb::destroy)));
    CHECK(was_so(bench.order(Verb::destroy)));
    CHECK(was_so(bench.order(Verb::shutdown)));
    CHECK(failed(bench.order(Verb::suspend), ErrorKind::absent, "no longer runs"));
    CHECK(failed(bench.order(Verb::reset), ErrorKind::absent, "no longer runs"));
    CHECK(failed(bench.order(Verb::start, [](Order& order) { order.paused = true; }), ErrorKind::unsupported, "flags"));
    CHECK(done(bench.order(Verb::start)));
    CHECK(failed(bench.order(Verb::destroy), ErrorKind::absent, "started again"));
    bench.now_off();
    CHECK(failed(bench.order(Verb::destroy), ErrorKind::absent, "was off when"));
    bench.now_runs(2);
    CHECK(done(bench.order(Verb::reset)));
    CHECK(done(bench.order(Verb::destroy, [](Order& order) { order.mode = "graceful"; })));
}

TEST_CASE("libvirt orders: shutdown and reboot by mode") {
    Bench bench;
    CHECK(failed(bench.order(Verb::shutdown, [](Order& order) { order.mode = "polite"; }), ErrorKind::unsupported, "polite"));
    CHECK(done(bench.order(Verb::reboot)));
    CHECK(done(bench.order(Verb::shutdown)));
    CHECK(failed(bench.order(Verb::reboot), ErrorKind::absent, "no longer runs"));
    const auto quiet = libvirt::make_lifecycle("test:///default");
    Order order = bench.base;
    order.verb = Verb::shutdown;
    order.mode = "agent";
    order.deadline = std::chrono::steady_clock::now() + 5s;
    Unwatched progress;
    CHECK(failed(quiet->carry_out(order, progress), ErrorKind::unsupported, "[guest_agent]"));
}

TEST_CASE("libvirt orders: define, autostart, undefine") {
    Bench bench;
    CHECK(done(bench.order(Verb::define, [](Order& order) { order.text = domain("web"), order.dry_run = true; })));
    const auto defined = bench.order(Verb::define, text(domain("web")));
    REQUIRE(done(defined));
    CHECK(!defined->guest.is_nil());
    CHECK(failed(bench.order(Verb::define, text(domain("web"))), ErrorKind::busy, "web exists already"));
    const std::string uuid = "<uuid>" + defined->guest.text() + "</uuid>";
    CHECK(was_so(bench.order(Verb::define, text(domain("web", uuid)))));
    CHECK(failed(bench.order(Verb::define, text(domain("db", uuid))), ErrorKind::busy, "the guest web has its <uuid>"));
    bench.base.target = {.uuid = defined->guest, .name = "web"};
    CHECK(bench.order(Verb::dumpxml)->text.find("<name>web</name>") != std::string::npos);
    CHECK(failed(bench.order(Verb::reset), ErrorKind::busy, "web: is off"));
    CHECK(done(bench.order(Verb::autostart)));
    CHECK(was_so(bench.order(Verb::autostart)));
    CHECK(done(bench.order(Verb::autostart, [](Order& order) { order.disable = true; })));
    CHECK(done(bench.order(Verb::undefine)));
    CHECK(failed(bench.order(Verb::undefine), ErrorKind::absent, "does not know it any more"));
    CHECK(failed(bench.order(Verb::dumpxml), ErrorKind::absent, "web: "));
}

TEST_CASE("libvirt orders: create leaves no definition") {
    Bench bench;
    const auto created = bench.order(Verb::create, text(domain("brief")));
    REQUIRE(done(created));
    CHECK(failed(bench.order(Verb::create, text(domain("brief", "<uuid>" + created->guest.text() + "</uuid>"))),
                 ErrorKind::busy, "runs already"));
    bench.base.target = {.uuid = created->guest, .name = "brief"};
    bench.now_runs(2);
    CHECK(failed(bench.order(Verb::undefine), ErrorKind::unsupported, "no definition"));
    CHECK(failed(bench.order(Verb::autostart), ErrorKind::unsupported, "no definition"));
    CHECK(done(bench.order(Verb::destroy)));
    CHECK(failed(bench.order(Verb::destroy), ErrorKind::absent, "brief"));
}

TEST_CASE("libvirt orders: domain XML that lies") {
    Bench bench;
    const auto refused = [&](const std::string& xml, std::string_view part) {
        for (const Verb verb : {Verb::define, Verb::create}) CHECK(failed(bench.order(verb, text(xml)), ErrorKind::malformed, part));
    };
    std::string bomb = "<!DOCTYPE d [<!ENTITY a0 \"ha\">";
    for (int i = 1; i < 12; ++i) {
        std::string ten;
        for (int j = 0; j < 10; ++j) ten += "&a" + std::to_string(i - 1) + ";";
        bomb += "<!ENTITY a" + std::to_string(i) + " \"" + ten + "\">";
    }
    refused(bomb + "]>" + domain("&a11;"), "document type");
    refused("<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + domain("&x;"), "document type");
    refused("<!DOCTYPE d SYSTEM 'http://127.0.0.1:1/d.dtd'>" + domain("a"), "document type");
    refused("", "not well-formed");
    refused("<domain><name>a</domain>", "line 1");
    refused("<network><name>a</name></network>", "<network>");
    refused(domain("a", "<uuid>12</uuid>"), "<uuid>");
    refused("<domain type='test'><memory>1024</memory></domain>", "no <name>");
    refused(std::string(std::size_t{5} << 20, ' '), "at most 4 MiB");
    std::string deep;
    for (int i = 0; i < 100; ++i) deep = "<a>" + deep + "</a>";
    refused(domain("a", deep), "64 levels");
    refused(domain("a", "<unheard-of/>"), "unheard-of");
    CHECK(done(bench.order(Verb::define, text(domain("a")))));  // nothing was left behind
}

TEST_CASE("libvirt orders: a libvirt that is not there, and verbs that are not") {
    Bench bench;
    CHECK(bench.lifecycle->can(Verb::deploy));
    CHECK(failed(bench.order(Verb::deploy), ErrorKind::unsupported, "QEMU of this host"));
    bench.lifecycle = libvirt::make_lifecycle("qemu+unix:///system?socket=/nonexistent/socket");
    const auto answer = bench.order(Verb::start);
    REQUIRE(!answer);
    CHECK(answer.error().message.find("libvirt takes no orders at") != std::string::npos);
}

TEST_CASE("libvirt orders: memory and vCPUs within the maximum") {
    Bench bench;
    const auto bytes = [](std::uint64_t wanted) { return [wanted](Order& order) { order.bytes = wanted; }; };
    const auto count = [](unsigned wanted) { return [wanted](Order& order) { order.count = wanted; }; };
    CHECK(done(bench.order(Verb::setmem, bytes(std::uint64_t{1} << 30))));
    CHECK(failed(bench.order(Verb::setmem, bytes(std::uint64_t{1} << 40)), ErrorKind::malformed, "maximum of 8 GiB"));
    CHECK(failed(bench.order(Verb::setmem, bytes(1023)), ErrorKind::malformed, "at least 1 KiB"));
    CHECK(was_so(bench.order(Verb::setvcpus, count(2))));
    CHECK(failed(bench.order(Verb::setvcpus, count(0)), ErrorKind::malformed, "at least one"));
    CHECK(failed(bench.order(Verb::setvcpus, count(4000)), ErrorKind::malformed, "maximum of 2"));
    const auto defined = bench.order(Verb::define, text(domain("web")));
    REQUIRE(done(defined));
    bench.base.target = {.uuid = defined->guest, .name = "web"};
    CHECK(was_so(bench.order(Verb::setmem, bytes(std::uint64_t{64} << 20))));
    CHECK(done(bench.order(Verb::setmem, bytes(std::uint64_t{32} << 20))));
    CHECK(done(bench.order(Verb::setvcpus, count(3))));
    CHECK(was_so(bench.order(Verb::setvcpus, count(3))));
}

TEST_CASE("libvirt orders: save and restore") {
    Bench bench;
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("vslife-" + std::to_string(std::random_device{}()));
    std::filesystem::create_directory(folder);
    const std::string file = folder / "a.save";
    const auto path = [](const std::string& wanted) { return [wanted](Order& order) { order.path = wanted; }; };
    CHECK(failed(bench.order(Verb::save, path("a.save")), ErrorKind::malformed, "absolute"));
    CHECK(failed(bench.order(Verb::restore, path(file)), ErrorKind::absent, "no save file"));
    CHECK(done(bench.order(Verb::save, [&](Order& order) { order.path = file, order.dry_run = true; })));
    CHECK(!std::filesystem::exists(file));
    CHECK(done(bench.order(Verb::save, path(file))));
    CHECK(failed(bench.order(Verb::save, path(file)), ErrorKind::busy, "exists already"));
    CHECK(failed(bench.order(Verb::save, path(file + "2")), ErrorKind::absent, "no longer runs"));
    const auto restored = bench.order(Verb::restore, path(file));
    CHECK(done(restored));
    CHECK(restored->guest == bench.base.target.uuid);
    CHECK(failed(bench.order(Verb::restore, path(file)), ErrorKind::busy, "test runs"));
    CHECK(done(bench.order(Verb::destroy, [](Order& order) { order.target.local_id = 2; })));
    const auto whole = std::filesystem::file_size(file);
    for (const std::uintmax_t size : {whole / 2, std::uintmax_t{10}, std::uintmax_t{0}}) {
        std::filesystem::resize_file(file, size);
        CHECK(failed(bench.order(Verb::restore, path(file)), ErrorKind::malformed, "no whole save file"));
    }
    std::filesystem::remove_all(folder);
}

TEST_CASE("libvirt orders: which drive is meant") {
    Bench bench;
    const auto defined = bench.order(
        Verb::define,
        text(domain("web", "<devices><disk type='file' device='disk'><source file='/a.raw'/><target dev='hda'/></disk>"
                           "<disk type='file' device='cdrom'><target dev='hdc'/></disk>"
                           "<disk type='file' device='floppy'><source file='/f.img'/><target dev='fda'/></disk></devices>")));
    REQUIRE(done(defined));
    bench.base.target = {.uuid = defined->guest, .name = "web"};
    const auto change = [&](const std::string& device, const std::string& path) {
        return bench.order(Verb::change_media, [&](Order& order) {
            order.device = device;
            order.path = path;
            order.dry_run = true;
        });
    };
    const std::string image = "/proc/self/exe";
    CHECK(done(change("", image)));
    CHECK(done(change("fda", image)));
    CHECK(failed(change("", "/nonexistent.iso"), ErrorKind::absent, "no image"));
    CHECK(failed(change("", "/"), ErrorKind::malformed, "neither file nor disk"));
    CHECK(failed(change("hda", image), ErrorKind::unsupported, "hda is a disk"));
    CHECK(failed(change("hdd\x1b[1m'/>", image), ErrorKind::absent, "it has fda, hdc"));
    CHECK(was_so(bench.order(Verb::eject)));
    CHECK(done(bench.order(Verb::eject, [](Order& order) { order.device = "fda", order.dry_run = true; })));
    const auto two = bench.order(
        Verb::define, text(domain("two", "<devices><disk type='file' device='cdrom'><target dev='hdc'/></disk>"
                                         "<disk type='file' device='cdrom'><target dev='hdd'/></disk></devices>")));
    REQUIRE(done(two));
    bench.base.target = {.uuid = two->guest, .name = "two"};
    CHECK(failed(bench.order(Verb::eject), ErrorKind::malformed, "say which: hdc, hdd"));
}

TEST_CASE("libvirt orders: displays as virsh prints them") {
    Bench bench;
    int id = 1;
    const auto display = [&](const std::string& graphics) {
        const auto created = bench.order(Verb::create, text(domain("d" + std::to_string(id), "<devices>" + graphics + "</devices>")));
        REQUIRE(done(created));
        return bench.order(Verb::domdisplay, [&](Order& order) {
            order.target = {.uuid = created->guest, .name = "d", .local_id = ++id, .generation = 9};
        });
    };
    CHECK(display("<graphics type='vnc' port='5907' listen='127.0.0.1'/>")->text == "vnc://127.0.0.1:7");
    CHECK(display("<graphics type='vnc' port='5907' listen='0.0.0.0'/>")->text == "vnc://localhost:7");
    CHECK(display("<graphics type='vnc' port='5907' listen='2001:db8::1'/>")->text == "vnc://[2001:db8::1]:7");
    CHECK(display("<graphics type='spice' port='5900' tlsPort='5901' listen='127.0.0.1'/>")->text ==
          "spice://127.0.0.1:5900?tls-port=5901");
    CHECK(failed(display(""), ErrorKind::absent, "no display"));
}

TEST_CASE("libvirt orders: nobody waits longer than the deadline, unless the hypervisor is at it") {
    Order order;
    order.verb = Verb::suspend;
    order.deadline = std::chrono::steady_clock::now() + 20ms;
    Unwatched progress;
    libvirt::Task unheard(order);
    CHECK(failed(unheard.wait(progress), ErrorKind::timeout, "nothing was done"));
    CHECK(!unheard.begin());  // and so nothing is done later
    libvirt::Task hung(order);
    CHECK(hung.begin());
    CHECK(failed(hung.wait(progress), ErrorKind::timeout, "destroy ends it"));
    struct Counting final : Progress {
        std::uint64_t most = 0;
        void at(std::uint64_t now, std::uint64_t) override { most = now; }
    } counting;
    order.deadline = std::chrono::steady_clock::now() + 20ms;
    libvirt::Task lengthy(order);
    CHECK(lengthy.begin());
    lengthy.under_way(5, 10);
    std::thread later([&] {
        std::this_thread::sleep_until(order.deadline + 50ms);
        lengthy.finish(Answer{});
    });
    CHECK(done(lengthy.wait(counting)));
    CHECK(counting.most == 5);
    later.join();
}

TEST_CASE("libvirt orders: guests that hang take no threads from others, and can be destroyed") {
    libvirt::Lanes lanes;
    Order order;
    order.verb = Verb::suspend;
    for (std::uint8_t i = 1; i <= 8; ++i) {
        order.target.uuid.bytes[0] = i;
        CHECK(lanes.enter(order).has_value());
        CHECK(lanes.enter(order).error().kind == ErrorKind::busy);
    }
    order.target.uuid.bytes[0] = 9;
    CHECK(lanes.enter(order).error().message.find("8 earlier orders") != std::string::npos);
    order.target.uuid.bytes[0] = 1;
    order.verb = Verb::destroy;
    CHECK(lanes.enter(order).has_value());
    lanes.leave(order);
    order.verb = Verb::suspend;
    lanes.leave(order);
    CHECK(lanes.enter(order).has_value());
}

TEST_CASE("libvirt orders: guestinfo where it is not permitted, or not to be had") {
    Bench bench;
    CHECK(!bench.order(Verb::guestinfo).has_value());
    bench.lifecycle = libvirt::make_lifecycle("test:///default");
    CHECK(failed(bench.order(Verb::guestinfo), ErrorKind::unsupported, "[guest_agent]"));
}
