#include <doctest/doctest.h>

#include "store_watcher.h"

using namespace virtscope;
using namespace virtscope::test;
using xen::DomainFacts;
using xen::DomainKey;

namespace {

// Two domains, followed and read.
struct Host {
    Host() {
        xenstored.add_domain({.domid = 1, .uuid = uuid_of(1), .name = "one"});
        xenstored.add_domain({.domid = 2, .uuid = uuid_of(2), .name = "two"});
        store->follow(keys);
        REQUIRE(eventually([&] { return store->state()->domains.size() == 2; }));
    }
    bool becomes(std::uint32_t domid, const std::function<bool(const DomainFacts&)>& condition) const {
        return eventually(*store, domid, condition);
    }

    FakeXenstore xenstored;
    std::unique_ptr<xen::Store> store = xen::Store::open();
    std::vector<DomainKey> keys{{1, uuid_of(1)}, {2, uuid_of(2)}};
};

const std::string backend = "/local/domain/0/backend/";

}  // namespace

TEST_CASE("xen store: a rename and a new target are seen, and nothing else is another then") {
    const Host host;
    auto& xenstored = const_cast<FakeXenstore&>(host.xenstored);
    const auto before = host.store->state();
    xenstored.write("/local/domain/1/name", "uno");
    CHECK(host.becomes(1, [](const DomainFacts& facts) { return facts.name == "uno"; }));
    xenstored.write("/local/domain/1/memory/target", "65536");
    CHECK(host.becomes(1, [](const DomainFacts& facts) { return facts.memory_target == 65536U * 1024; }));
    const auto after = host.store->state();
    CHECK(after->generation > before->generation);
    CHECK(after->domains[1] == before->domains[1]);
    CHECK(after->domains[0].vbds == before->domains[0].vbds);
    CHECK(before->domains[0].name == "one");  // who holds a state keeps it
}

TEST_CASE("xen store: a state is not another while nothing is") {
    Host host;
    const std::uint64_t reads = host.xenstored.reads("/local/domain/1/name");
    host.xenstored.write("/local/domain/1/name", "one");  // as it was: it is read, and no news
    REQUIRE(eventually([&] { return host.xenstored.reads("/local/domain/1/name") > reads; }));
    host.xenstored.write("/local/domain/2/name", "marker");
    const std::uint64_t before = host.store->state()->generation;
    REQUIRE(host.becomes(2, [](const DomainFacts& facts) { return facts.name == "marker"; }));
    CHECK(host.store->state()->generation <= before + 1);
}

TEST_CASE("xen store: what comes and goes while a guest runs") {
    Host host;
    host.xenstored.load("/local/domain/0/backend/vbd/1/51728/dev = \"xvdb\"\n");
    CHECK(host.becomes(1, [](const DomainFacts& facts) { return facts.vbds.size() == 2 && facts.vbds[1].name == "xvdb"; }));
    host.xenstored.write(backend + "vbd/1/51728/sectors", "8");  // when the guest has connected it
    CHECK(host.becomes(1, [](const DomainFacts& facts) { return facts.vbds[1].capacity == 4096; }));
    host.xenstored.remove(backend + "vbd/1/51728");
    CHECK(host.becomes(1, [](const DomainFacts& facts) { return facts.vbds.size() == 1; }));
    host.xenstored.remove(backend + "vbd");  // the last one takes the directories along
    CHECK(host.becomes(1, [](const DomainFacts& facts) { return facts.vbds.empty(); }));
    CHECK(host.becomes(2, [](const DomainFacts& facts) { return facts.vbds.empty(); }));
    host.xenstored.load("/local/domain/0/backend/vif/2/1/bridge = \"lan\"\n");
    CHECK(host.becomes(2, [](const DomainFacts& facts) { return facts.vifs.size() == 2 && facts.vifs[1].name == "vif2.1"; }));
    host.xenstored.write(backend + "vif/2/1/vifname", "two-lan");
    CHECK(host.becomes(2, [](const DomainFacts& facts) { return facts.vifs[1].name == "two-lan"; }));
    host.xenstored.remove(backend + "vif/2/1");
    CHECK(host.becomes(2, [](const DomainFacts& facts) { return facts.vifs.size() == 1; }));
}

TEST_CASE("xen store: a domain that the hypervisor has before xenstored knows it") {
    Host host;
    host.keys.push_back({3, uuid_of(3)});
    host.store->follow(host.keys);
    CHECK(host.becomes(3, [](const DomainFacts& facts) { return facts.name.empty() && facts.start_realtime == 0; }));
    host.xenstored.add_domain({.domid = 3, .uuid = uuid_of(3), .name = "three"});
    CHECK(host.becomes(3, [](const DomainFacts& facts) {
        return facts.name == "three" && facts.start_realtime == 1795449682410000000 && facts.memory_target == 134217728U &&
               facts.vbds.size() == 1 && facts.vifs.size() == 1 && facts.vbds[0].capacity == 16777216U;
    }));
}

TEST_CASE("xen store: a domain that goes keeps its name to the end, and nothing of it is left then") {
    Host host;
    const std::size_t watches = host.xenstored.watches();
    host.xenstored.remove_domain({.domid = 1, .uuid = uuid_of(1)});
    CHECK(host.becomes(1, [](const DomainFacts& facts) { return !facts.memory_target && facts.vbds.empty() && facts.vifs.empty(); }));
    CHECK(find(host.store->state(), 1)->name == "one");
    host.keys.erase(host.keys.begin());
    host.store->follow(host.keys);
    CHECK(eventually([&] { return find(host.store->state(), 1) == nullptr; }));
    CHECK(eventually([&] { return host.xenstored.watches() == watches - 2; }));
    CHECK(find(host.store->state(), 2) != nullptr);
}

TEST_CASE("xen store: a number that comes again with another UUID is another domain") {
    Host host;
    host.xenstored.remove_domain({.domid = 1, .uuid = uuid_of(1)});
    host.keys[0].uuid = uuid_of(77);
    host.store->follow(host.keys);
    CHECK(host.becomes(1, [](const DomainFacts& facts) { return facts.uuid == uuid_of(77); }));
    CHECK(find(host.store->state(), 1)->name.empty());  // nothing is kept of the other one
    host.xenstored.add_domain({.domid = 1, .uuid = uuid_of(77), .name = "new", .disks = 2, .start_time = "1800000000.5"});
    CHECK(host.becomes(1, [](const DomainFacts& facts) {
        return facts.name == "new" && facts.vbds.size() == 2 && facts.start_realtime == 1800000000500000000;
    }));
}

TEST_CASE("xen store: what is not followed is not in the state, and an unordered list is one, too") {
    Host host;
    host.xenstored.add_domain({.domid = 3, .uuid = uuid_of(3), .name = "three"});
    const std::vector<DomainKey> keys{{3, uuid_of(3)}, {2, uuid_of(2)}, {3, uuid_of(3)}};
    host.store->follow(keys);
    CHECK(eventually([&] { return find(host.store->state(), 3) != nullptr && find(host.store->state(), 1) == nullptr; }));
    CHECK(host.store->state()->domains.front().domid == 2);
    host.store->follow({});
    CHECK(eventually([&] { return host.store->state()->domains.empty(); }));
}
