// Orders against libvirt's own test hypervisor, which lives in this process.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "drivers/libvirt/lifecycle.h"

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
    CHECK(!bench.lifecycle->can(Verb::deploy));
    CHECK(failed(bench.order(Verb::deploy), ErrorKind::unsupported, "deploy"));
    bench.lifecycle = libvirt::make_lifecycle("qemu+unix:///system?socket=/nonexistent/socket");
    const auto answer = bench.order(Verb::start);
    REQUIRE(!answer);
    CHECK(answer.error().message.find("libvirt takes no orders at") != std::string::npos);
}
