#include <doctest/doctest.h>

#include "drivers/xen/store_worker.h"
#include "store_watcher.h"

using namespace virtscope;
using namespace virtscope::test;
using namespace std::chrono_literals;
using xen::DomainFacts;
using xen::DomainKey;
using xen::open_store;
using xen::StorePace;

namespace {

const std::vector<DomainKey> keys{{1, uuid_of(1)}};

bool says(const xen::Store& store, std::string_view part) {
    return eventually([&] { return store.state()->trouble.find(part) != std::string::npos; });
}

bool is_well(const xen::Store& store) {
    return eventually([&] { return store.state()->trouble.empty() && !store.state()->domains.empty(); });
}

struct Host {
    explicit Host(const StorePace& pace = {.retry = 50ms, .patience = 300ms}) {
        xenstored.add_domain({.domid = 1, .uuid = uuid_of(1), .name = "one"});
        store = open_store(pace);
        store->follow(keys);
        REQUIRE(is_well(*store));
    }
    FakeXenstore xenstored;
    std::unique_ptr<xen::Store> store;
};

}  // namespace

TEST_CASE("xen store: every place where xenstored is not is named") {
    const auto none = open_store({.places = {"/nowhere/socket", "/nowhere/device"}});
    CHECK(says(*none, "xenstored does not answer at /nowhere/socket, /nowhere/device (see systemctl status xenstored): No such file"));
    const auto other = open_store({.places = {"/nowhere/socket", "/etc/passwd"}});
    CHECK(says(*other, "Socket operation on non-socket"));
}

TEST_CASE("xen store: what xenstored cannot have meant ends the connection, not the store") {
    Host host;
    host.xenstored.say(std::string("\x0f\0\0\0\0\0\0\0\0\0\0\0\x01\x10\0\0", 16));  // 4097 bytes are to follow
    CHECK(says(*host.store, "xenstored sent what its protocol does not have: a message of 4097 bytes"));
    CHECK(is_well(*host.store));
    CHECK(host.xenstored.connections() == 2);
}

TEST_CASE("xen store: a xenstored that is not there yet is found when it comes") {
    FakeXenstore xenstored;
    xenstored.stop();
    const auto store = open_store({.retry = 50ms});
    store->follow(keys);
    CHECK(says(*store, "xenstored does not answer at "));
    CHECK(says(*store, "/socket"));
    CHECK(says(*store, "No such file"));
    xenstored.add_domain({.domid = 1, .uuid = uuid_of(1), .name = "one"});
    xenstored.start();
    CHECK(is_well(*store));
}

TEST_CASE("xen store: a connection that breaks while nothing happens") {
    Host host;
    host.xenstored.drop();
    CHECK(says(*host.store, "broke"));
    CHECK(is_well(*host.store));
    CHECK(host.xenstored.connections() == 2);
    host.xenstored.write("/local/domain/1/name", "uno");  // it is watched again
    CHECK(eventually(*host.store, 1, [](const DomainFacts& facts) { return facts.name == "uno"; }));
}

TEST_CASE("xen store: a xenstored that restarts is read anew, and what was known stays meanwhile") {
    Host host;
    host.xenstored.stop();
    CHECK(says(*host.store, "xenstored does not answer at "));
    REQUIRE(find(host.store->state(), 1) != nullptr);
    CHECK(find(host.store->state(), 1)->name == "one");
    CHECK(find(host.store->state(), 1)->vbds.size() == 1);
    host.xenstored.write("/local/domain/1/name", "uno");  // nobody could tell
    host.xenstored.remove("/local/domain/0/backend/vbd");
    const std::vector<DomainKey> more{{1, uuid_of(1)}, {2, uuid_of(2)}};
    host.xenstored.add_domain({.domid = 2, .uuid = uuid_of(2), .name = "two"});
    host.store->follow(more);
    host.xenstored.start();
    CHECK(eventually(*host.store, 1, [](const DomainFacts& facts) { return facts.name == "uno" && facts.vbds.empty(); }));
    CHECK(eventually(*host.store, 2, [](const DomainFacts& facts) { return facts.name == "two"; }));
    CHECK(is_well(*host.store));
    host.xenstored.write("/local/domain/2/memory/target", "8");
    CHECK(eventually(*host.store, 2, [](const DomainFacts& facts) { return facts.memory_target == 8192U; }));
}

TEST_CASE("xen store: a domain that goes while xenstored is away goes from the state, too")  {
    Host host({.retry = 20s});
    host.xenstored.drop();
    REQUIRE(says(*host.store, "broke"));
    host.store->follow({});
    CHECK(eventually([&] { return host.store->state()->domains.empty(); }, 5s));
    CHECK(says(*host.store, "broke"));
}

TEST_CASE("xen store: a connection that breaks at any question") {
    Host host({.retry = 1ms});
    const auto before = host.store->state()->domains;
    for (std::uint64_t questions = 1; questions < 18; ++questions) {
        const std::uint64_t connections = host.xenstored.connections();
        host.xenstored.drop_after(questions);
        host.xenstored.drop();
        REQUIRE(eventually([&] { return host.xenstored.connections() > connections + 2; }));
        CHECK(host.store->state()->domains == before);  // half a reading is none
    }
    host.xenstored.drop_after(0);
    host.xenstored.write("/local/domain/1/name", "uno");
    CHECK(eventually(*host.store, 1, [](const DomainFacts& facts) { return facts.name == "uno"; }));
    CHECK(is_well(*host.store));
}

TEST_CASE("xen store: a xenstored that accepts and does not answer") {
    FakeXenstore xenstored;
    xenstored.add_domain({.domid = 1, .uuid = uuid_of(1), .name = "one"});
    xenstored.hang(true);
    const auto store = open_store({.patience = 300ms});
    store->follow(keys);
    CHECK(says(*store, "xenstored has not answered for 300 ms"));
    CHECK(store->state()->generation == store->state()->generation);  // said once
    xenstored.hang(false);
    CHECK(is_well(*store));
    xenstored.hang(true);  // while nothing is asked but signs of life
    CHECK(says(*store, "has not answered"));
    CHECK(find(store->state(), 1)->name == "one");
    xenstored.hang(false);
    CHECK(is_well(*store));
}

TEST_CASE("xen store: nobody waits for a xenstored that does not answer") {
    FakeXenstore xenstored;
    xenstored.hang(true);
    auto store = open_store({.patience = 100ms});
    store->follow(keys);
    REQUIRE(says(*store, "has not answered"));
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < 1000; ++i) {
        const std::vector<DomainKey> others{{static_cast<std::uint32_t>(i), uuid_of(1)}};
        store->follow(others);
        REQUIRE(store->state());
    }
    store.reset();
    CHECK(std::chrono::steady_clock::now() - began < 5s);
    const auto next = open_store({.retry = 50ms});
    xenstored.hang(false);
    xenstored.add_domain({.domid = 1, .uuid = uuid_of(1), .name = "one"});
    next->follow(keys);
    CHECK(is_well(*next));
}

TEST_CASE("xen store: it ends at once while an answer is awaited") {
    FakeXenstore xenstored;
    xenstored.hang(true);
    auto store = open_store({.patience = 1h});
    store->follow(keys);
    REQUIRE(eventually([&] { return xenstored.connections() == 1; }));
    const auto began = std::chrono::steady_clock::now();
    store.reset();
    CHECK(std::chrono::steady_clock::now() - began < 1s);
}

TEST_CASE("xen store: the usual patience is five seconds") {
    FakeXenstore xenstored;
    xenstored.hang(true);
    const auto store = xen::Store::open();
    REQUIRE(eventually([&] { return xenstored.connections() == 1; }));
    const auto began = std::chrono::steady_clock::now();
    CHECK(says(*store, "has not answered for 5 s"));
    CHECK(std::chrono::steady_clock::now() - began > 4500ms);
    xenstored.hang(false);
}

TEST_CASE("xen store: watches that are refused") {
    FakeXenstore xenstored;
    xenstored.refuse_watches(true);
    xenstored.add_domain({.domid = 1, .uuid = uuid_of(1), .name = "one"});
    const auto store = open_store({.refused = 50ms});
    store->follow(keys);
    CHECK(says(*store, "refuses watches"));
    CHECK(eventually(*store, 1, [](const DomainFacts& facts) { return facts.name == "one"; }));  // read all the same
    xenstored.write("/local/domain/1/name", "uno");  // nobody tells, so it is read now and then
    CHECK(eventually(*store, 1, [](const DomainFacts& facts) { return facts.name == "uno"; }));
    xenstored.refuse_watches(false);
    CHECK(is_well(*store));
    CHECK(xenstored.watches() == 6);
    CHECK(xenstored.connections() == 1);  // a refusal is no broken connection
}
