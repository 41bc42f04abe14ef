#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "drivers/xen/store_worker.h"
#include "store_watcher.h"

using namespace virtscope;
using namespace virtscope::test;
using xen::DomainFacts;
using xen::DomainKey;

namespace {

std::string fixture(const char* name) {
    std::ifstream file(std::string(VIRTSCOPE_FIXTURES) + '/' + name);
    return {std::istreambuf_iterator(file), {}};
}

constexpr const char* disk = "/local/domain/0/backend/vbd/1/51712";

}  // namespace

TEST_CASE("xen store: the lab's host is read as it is") {
    FakeXenstore xenstored;
    xenstored.load(fixture("two_guests.xenstore"));
    const auto store = xen::Store::open();
    REQUIRE(store->state());
    const auto uuid1 = *Uuid::parse("20c32b6e-e757-11f1-b26f-daca0e35ba0c");
    const auto uuid2 = *Uuid::parse("250c82a6-e757-11f1-b27e-feffffffffff");
    const std::vector<DomainKey> keys{{0, {}}, {1, uuid1}, {2, uuid2}};
    store->follow(keys);
    REQUIRE(eventually([&] { return store->state()->domains.size() == 3; }));
    const auto state = store->state();
    CHECK(state->trouble.empty());
    CHECK(state->domains[0] == DomainFacts{.domid = 0, .name = "Domain-0", .memory_target = 655360 * 1024, .memory_most = 655360 * 1024});
    const DomainFacts guest1{.domid = 1, .uuid = uuid1, .name = "guest1", .start_realtime = 1795449682410000000,
                             .memory_target = 134217728, .memory_most = 134217728,
                             .vbds = {{.device = 51712, .kind = "vbd", .name = "xvda", .source = "/dev/loop1", .capacity = 16777216}},
                             .vifs = {{.device = 0, .name = "vif1.0", .bridge = "xenbr0"}}};
    CHECK(state->domains[1] == guest1);
    CHECK(state->domains[2].name == "guest2");
    CHECK(state->domains[2].uuid == uuid2);
    CHECK(state->domains[2].vbds.front().source == "/dev/loop2");
}

TEST_CASE("xen store: hostile values are bounded and never numbers") {
    FakeXenstore xenstored;
    xenstored.add_domain({.domid = 1, .uuid = uuid_of(1), .name = std::string(4096, '\xff'), .start_time = "soon"});
    xenstored.write("/local/domain/1/memory/target", "99999999999999999999");
    xenstored.write(std::string(disk) + "/params", std::string("\x1b[2J\n\x80", 6));
    xenstored.write(std::string(disk) + "/sectors", "-5");
    xenstored.write(std::string(disk) + "/dev", std::string("xvda\0evil", 9));
    xenstored.write("/local/domain/0/backend/vbd/1/051712/dev", "alias");
    xenstored.write("/local/domain/0/backend/vbd/1/-3/dev", "negative");
    xenstored.write("/local/domain/0/backend/vif/1/0/bridge", "");
    const auto store = xen::Store::open();
    const std::vector<DomainKey> keys{{1, uuid_of(1)}};
    store->follow(keys);
    REQUIRE(eventually([&] { return !store->state()->domains.empty(); }));
    const DomainFacts facts = store->state()->domains.front();
    CHECK(facts.name == std::string(xen::max_value, '\xff'));
    CHECK_FALSE(facts.memory_target);
    CHECK(facts.start_realtime == 0);
    REQUIRE(facts.vbds.size() == 1);
    CHECK(facts.vbds[0] == xen::Vbd{.device = 51712, .kind = "vbd", .name = "xvda", .source = "\x1b[2J\n\x80"});
    REQUIRE(facts.vifs.size() == 1);
    CHECK(facts.vifs[0].bridge.empty());
}

TEST_CASE("xen store: backends of all kinds, by device; those of driver domains are left out") {
    FakeXenstore xenstored;
    xenstored.add_domain({.domid = 3, .uuid = uuid_of(3), .name = "mixed", .disks = 0, .networks = 0});
    const std::string backend = "/local/domain/0/backend/";
    xenstored.load(R"(/local/domain/0/backend/qdisk/3/51728/dev = "xvdb"
/local/domain/0/backend/qdisk/3/51728/params = "qcow2:/images/b.qcow2"
/local/domain/0/backend/qdisk/3/51728/sectors = "4096"
/local/domain/0/backend/qdisk/3/51728/sector-size = "4096"
/local/domain/0/backend/vbd3/3/768/dev = "hda"
/local/domain/0/backend/vbd/3/51744/dev = "xvdc"
/local/domain/0/backend/vbd/3/51760/state = "1"
/local/domain/4/backend/vbd/3/51776/dev = "xvde"
/local/domain/0/backend/vif/3/1/vifname = "web-wan"
/local/domain/0/backend/vif/3/0/handle = "0"
)");
    const auto store = xen::Store::open();
    const std::vector<DomainKey> keys{{3, uuid_of(3)}};
    store->follow(keys);
    REQUIRE(eventually([&] { return !store->state()->domains.empty(); }));
    const DomainFacts facts = store->state()->domains.front();
    REQUIRE(facts.vbds.size() == 4);
    CHECK(facts.vbds[0].name == "hda");
    CHECK(facts.vbds[0].kind == "vbd3");
    CHECK(facts.vbds[1] == xen::Vbd{.device = 51728, .kind = "qdisk", .name = "xvdb", .source = "/images/b.qcow2", .capacity = 16777216});
    CHECK(facts.vbds[2].name == "xvdc");
    CHECK(facts.vbds[3].name == "51760");  // nothing says what it is called
    REQUIRE(facts.vifs.size() == 2);
    CHECK(facts.vifs[0].name == "vif3.0");
    CHECK(facts.vifs[1].name == "web-wan");
}

TEST_CASE("xen store: more devices than one message lists") {
    constexpr unsigned many = 1200;
    FakeXenstore xenstored;
    xenstored.add_domain({.domid = 1, .uuid = uuid_of(1), .name = "wide", .disks = many, .networks = 0});
    const auto store = xen::Store::open();
    const std::vector<DomainKey> keys{{1, uuid_of(1)}};
    store->follow(keys);
    CHECK(eventually(*store, 1, [](const DomainFacts& facts) { return facts.vbds.size() == many; }));
    xenstored.remove("/local/domain/0/backend/vbd/1");
    CHECK(eventually(*store, 1, [](const DomainFacts& facts) { return facts.vbds.empty(); }));
}
