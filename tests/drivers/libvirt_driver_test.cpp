// Against libvirt's own test hypervisor, which lives in this process.
#include <doctest/doctest.h>

#include "drivers/libvirt/open.h"
#include "drivers/libvirt/stats.h"

using namespace virtscope;
using namespace std::chrono_literals;

TEST_CASE("libvirt's test host has one running guest with values") {
    Opened opened = open_libvirt("test:///default", {}, {});
    auto* driver = std::get_if<std::unique_ptr<Driver>>(&opened);
    REQUIRE(driver != nullptr);
    const auto refreshed = (*driver)->refresh(5s);
    CHECK(refreshed.has_value());
    const auto places = (*driver)->places();
    REQUIRE(places.size() == 1);
    CHECK(places[0].name == "test");
    CHECK(places[0].generation != 0);
    CHECK((*driver)->hypervisor().starts_with("TEST"));
}

TEST_CASE("what is no URI is another driver's") {
    const Opened opened = open_libvirt("nothing", {}, {});
    CHECK(std::holds_alternative<NotMine>(opened));
}

TEST_CASE("states and their reasons") {
    CHECK(libvirt::guest_state(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_IOERROR) == GuestState::paused_io);
    CHECK(libvirt::guest_state(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER) == GuestState::paused);
    CHECK(libvirt::guest_state(VIR_DOMAIN_SHUTOFF, 0) == GuestState::shut_off);
    CHECK(libvirt::guest_state(99, 0) == GuestState::unknown);
}
