#include "exporters/base/pattern.h"

#include <doctest/doctest.h>

#include "exporters/base/filter.h"

using namespace virtscope;
using namespace virtscope::exporters;

namespace {

const Uuid uuid = *Uuid::parse("0d1f6d0e-1111-4222-8333-444455556666");

Pattern pattern(std::string_view text) {
    auto parsed = Pattern::parse(text);
    REQUIRE(parsed);
    return *parsed;
}

Filter filter(const FilterWords& words) {
    auto made = Filter::make(words);
    REQUIRE(made);
    return *made;
}

std::string complaint(const FilterWords& words) {
    const auto made = Filter::make(words);
    REQUIRE(!made);
    CHECK(made.error().kind == ErrorKind::malformed);
    return made.error().message;
}

}  // namespace

TEST_CASE("a pattern is a name, a glob, a regular expression or a UUID") {
    CHECK(pattern("web01").matches("web01"));
    CHECK(!pattern("web01").matches("web010"));
    CHECK(!pattern("web").matches("web01"));
    CHECK(pattern("web*").matches("web01"));
    CHECK(pattern("db[0-9]").matches("db7"));
    CHECK(!pattern("db[0-9]").matches("db77"));
    CHECK(pattern("?da").matches("vda"));
    CHECK(pattern("web[1]").matches("web[1]"));
    CHECK(pattern("/^web(01|02)$/").matches("web02"));
    CHECK(!pattern("/^web(01|02)$/").matches("web03"));
    CHECK(pattern("/b0/").matches("web01"));
    CHECK(pattern("0D1F6D0E-1111-4222-8333-444455556666").means("web01", uuid));
    CHECK(!pattern("web02").means("web01", uuid));
}

TEST_CASE("what is no pattern says why, and with which option") {
    CHECK(complaint({.guests = {"/web(/"}, .excluded = {}, .devices = {}, .metrics = {}})
              .starts_with("--guest '/web(/': no regular expression"));
    CHECK(complaint({.guests = {}, .excluded = {"/web"}, .devices = {}, .metrics = {}})
              .contains("--exclude '/web': a regular expression ends with /"));
    CHECK(complaint({.guests = {}, .excluded = {}, .devices = {"!"}, .metrics = {}}).contains("--device '': empty"));
    CHECK(complaint({.guests = {}, .excluded = {}, .devices = {}, .metrics = {"/"}}).contains("--metric"));
    CHECK(complaint({.guests = {std::string(2000, 'x')}, .excluded = {}, .devices = {}, .metrics = {}})
              .contains("longer than"));
}

TEST_CASE("without patterns everything is let through") {
    const Filter all;
    CHECK(all.allows_guest("web01", uuid));
    CHECK(all.allows_instance(Scope::Disk, "vda"));
    CHECK(all.allows_metric("virt_up"));
}

TEST_CASE("guests: what is excluded wins over what is wanted, by name or UUID") {
    const Filter some = filter({.guests = {"web*", "db1"}, .excluded = {"web02"}, .devices = {}, .metrics = {}});
    CHECK(some.allows_guest("web01", uuid));
    CHECK(some.allows_guest("db1", uuid));
    CHECK(!some.allows_guest("web02", uuid));
    CHECK(!some.allows_guest("mail", uuid));
    CHECK(!filter({.guests = {}, .excluded = {uuid.text()}, .devices = {}, .metrics = {}}).allows_guest("web01", uuid));
    CHECK(filter({.guests = {uuid.text()}, .excluded = {}, .devices = {}, .metrics = {}}).allows_guest("any", uuid));
    const Filter others = filter({.guests = {"!web*"}, .excluded = {}, .devices = {}, .metrics = {}});
    CHECK(others.allows_guest("db1", uuid));
    CHECK(!others.allows_guest("web01", uuid));
}

TEST_CASE("a guest that took another's UUID for its name does not pass for it") {
    const Uuid other = *Uuid::parse("7f3c2b1a-1111-4222-8333-444455556666");
    const Filter wanted = filter({.guests = {uuid.text()}, .excluded = {}, .devices = {}, .metrics = {}});
    CHECK(wanted.allows_guest("web01", uuid));
    CHECK(!wanted.allows_guest(uuid.text(), other));
    const Filter unwanted = filter({.guests = {}, .excluded = {uuid.text()}, .devices = {}, .metrics = {}});
    CHECK(!unwanted.allows_guest("web01", uuid));
    CHECK(unwanted.allows_guest(uuid.text(), other));
}

TEST_CASE("devices are disks and network cards; metrics go by their exported names") {
    const Filter some =
        filter({.guests = {}, .excluded = {}, .devices = {"vda", "vnet*"}, .metrics = {"virt_disk_*", "!*_ops_total"}});
    CHECK(some.allows_instance(Scope::Disk, "vda"));
    CHECK(!some.allows_instance(Scope::Disk, "vdb"));
    CHECK(some.allows_instance(Scope::Nic, "vnet3"));
    CHECK(some.allows_instance(Scope::Vcpu, "0"));
    CHECK(some.allows_metric("virt_disk_read_bytes_total"));
    CHECK(!some.allows_metric("virt_disk_read_ops_total"));
    CHECK(!some.allows_metric("virt_guest_vcpus"));
}
