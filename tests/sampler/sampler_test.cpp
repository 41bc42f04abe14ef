#include <doctest/doctest.h>
#include <sys/resource.h>

#include "core/rates.h"
#include "sampler/sampler.h"

#include "drivers/table.h"

using namespace virtscope;

TEST_CASE("a simulated host gives frames whose tables have the roster's shape") {
    auto sampler = Sampler::open({.uris = {"test:///default?guests=12&seed=3"}});
    REQUIRE(sampler.has_value());
    Frame frame;
    (*sampler)->sample(frame);
    REQUIRE(frame.roster);
    CHECK(frame.roster->guests.size() == 12);
    CHECK(frame.roster->host.hypervisor == "simulated");
    CHECK_FALSE(frame.roster->host.boot_id.empty());
    for (std::size_t s = 0; s < scope_count; ++s) {
        const auto scope = static_cast<Scope>(s);
        CHECK(frame.table(scope).rows() == frame.roster->rows(scope));
        CHECK(frame.table(scope).columns() == metrics(scope).size());
    }
}

TEST_CASE("who samples may keep as many descriptors open as the system permits") {
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit low{.rlim_cur = 256, .rlim_max = before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
    CHECK(Sampler::open({.uris = {"test:///default?guests=1"}}));
    rlimit now{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &now) == 0);
    CHECK(now.rlim_cur == before.rlim_max);
    CHECK(::setrlimit(RLIMIT_NOFILE, &before) == 0);
}

TEST_CASE("the host's counts of guests by state add up to the guests") {
    auto sampler = Sampler::open({.uris = {"test:///default?guests=40"}});
    REQUIRE(sampler.has_value());
    Frame frame;
    (*sampler)->sample(frame);
    std::uint64_t sum = 0;
    for (const auto metric : {HostMetric::guests_running, HostMetric::guests_paused, HostMetric::guests_inactive,
                              HostMetric::guests_other}) {
        sum += frame.get(0, metric).value_or(1000);
    }
    CHECK(sum == 40);
}

TEST_CASE("two hypervisors on one host share one roster") {
    auto sampler = Sampler::open({.uris = {"test:///default?guests=3&seed=1", "test:///default?guests=4&seed=2"}});
    REQUIRE(sampler.has_value());
    Frame frame;
    (*sampler)->sample(frame);
    REQUIRE(frame.roster->guests.size() == 7);
    for (const RosterGuest& guest : frame.roster->guests) {
        CHECK(guest.first_vcpu + guest.vcpus <= frame.roster->vcpus.size());
        for (std::uint32_t r = guest.first_disk; r < guest.first_disk + guest.disks; ++r) {
            CHECK(&frame.roster->guests[frame.roster->disks[r].guest] == &guest);
        }
    }
    for (std::size_t row = 0; row < 7; ++row) CHECK(frame.get(row, GuestMetric::cpu_time).has_value());
}

TEST_CASE("frames between two changes share one roster") {
    auto sampler = Sampler::open({.uris = {"test:///default?guests=5"}});
    REQUIRE(sampler.has_value());
    Frame first;
    Frame second;
    (*sampler)->sample(first);
    (*sampler)->sample(second);
    CHECK(first.roster == second.roster);
    CHECK(second.monotonic > first.monotonic);
}

TEST_CASE("a URI that nobody knows is refused by name") {
    const auto sampler = Sampler::open({.uris = {"vmware:///host"}});
    REQUIRE_FALSE(sampler.has_value());
    CHECK(sampler.error().message.find("vmware:///host: no driver for this URI") == 0);
}

TEST_CASE("our way to Xen's guests and libvirt's are not taken together") {
    for (const std::string other : {"xen:///system", "xen:///", "libvirt+xen:///"}) {
        const std::vector<std::string> uris{"kvm:///", "xen:///", other};
        const auto together = check_together(uris);
        CHECK(together.has_value() == (other == "xen:///"));
        if (!together) CHECK(together.error().message.find(other) != std::string::npos);
    }
    CHECK(check_together(std::vector<std::string>{"kvm:///", "xen:///system"}));
}
