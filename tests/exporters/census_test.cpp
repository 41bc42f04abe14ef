#include "exporters/base/census.h"

#include <doctest/doctest.h>

#include <set>

#include "exporters/base/infos.h"
#include "tests/core/tape.h"

using namespace virtscope;
using namespace virtscope::exporters;

namespace {

std::string text(const Labels& labels) {
    std::string out;
    for (const Label& label : labels.all()) out += std::string(label.name) + "=" + std::string(label.value) + " ";
    return out;
}

Filter filter(const FilterWords& words) { return *Filter::make(words); }

}  // namespace

TEST_CASE("labels identify a row, and no more") {
    const Census census(sample::roster(2), {});
    const std::string guest = "uuid=" + sample::roster(2)->guests[1].uuid.text() + " guest=guest-0-1 ";
    CHECK(text(census.labels(Scope::Host, 0)).empty());
    CHECK(text(census.labels(Scope::Agent, 0)).empty());
    CHECK(text(census.labels(Scope::Guest, 1)) == guest);
    CHECK(text(census.labels(Scope::Vcpu, 3)) == guest + "vcpu=1 ");
    CHECK(text(census.labels(Scope::Disk, 1)) == guest + "disk=vda0 ");
    CHECK(text(census.labels(Scope::Nic, 1)) == guest + "nic=vnet0 ");
    CHECK(text(census.labels(Scope::Filesystem, 1)) == guest + "filesystem=/var1 ");
    CHECK(text(census.labels(Scope::Display, 1)) == guest + "display=vnc0 ");
    CHECK(text(census.labels(Scope::Cpu, 2)) == "cpu=3 ");
    CHECK(text(census.labels(Scope::Node, 0)) == "node=0 ");
}

TEST_CASE("a guest that is not wanted takes its instances with it") {
    const Census census(sample::roster(3),
                        filter({.guests = {}, .excluded = {"guest-0-1"}, .devices = {}, .metrics = {}}));
    CHECK(census.rows(Scope::Guest).size() == 2);
    CHECK(std::vector(census.rows(Scope::Vcpu).begin(), census.rows(Scope::Vcpu).end()) ==
          std::vector<std::uint32_t>{0, 1, 4, 5});
    CHECK(census.rows(Scope::Disk).size() == 2);
    CHECK(census.rows(Scope::Cpu).size() == 3);
    CHECK(census.rows(Scope::Host).size() == 1);
    const Census without(sample::roster(3),
                         filter({.guests = {}, .excluded = {}, .devices = {"!vda*"}, .metrics = {}}));
    CHECK(without.rows(Scope::Disk).empty());
    CHECK(without.rows(Scope::Nic).size() == 3);
}

TEST_CASE("no two rows have the same labels, whatever they are called") {
    const std::string hostile(300, '\x01');
    const auto roster = sample::changed(sample::roster(3), [&](Roster& all) {
        all.guests[1].uuid = all.guests[0].uuid;
        all.disks.clear();
        for (const std::string& name :
             {std::string("vda"), std::string("vda"), std::string("vda#1"), std::string("\xff"), std::string("\xfe"),
              std::string(), hostile, hostile, hostile}) {
            all.disks.push_back({.guest = 0, .name = name, .source = {}});
        }
        all.disks.push_back({.guest = 2, .name = "vda", .source = {}});
    });
    const Census census(roster, {});
    CHECK(census.rows(Scope::Guest).size() == 2);
    CHECK(census.rows(Scope::Disk).size() == 10);
    std::set<std::string> seen;
    for (const std::uint32_t row : census.rows(Scope::Disk)) {
        CHECK(seen.insert(text(census.labels(Scope::Disk, row))).second);
        CHECK(census.instance(Scope::Disk, row).size() <= longest_name);
        CHECK(!census.instance(Scope::Disk, row).empty());
    }
    CHECK(census.instance(Scope::Disk, 1) == "vda#1");
    CHECK(census.instance(Scope::Disk, 2) != "vda#1");
    CHECK(census.instance(Scope::Disk, 9) == "vda");
    CHECK(census.left_out() == 1);
}

TEST_CASE("a guest with very many devices keeps some, and the rest is counted") {
    const auto roster = sample::changed(sample::roster(2), [](Roster& all) {
        for (int i = 0; i < 3000; ++i) all.nics.push_back({.guest = 1, .name = "tap", .source = {}});
    });
    const Census census(roster, {});
    CHECK(census.rows(Scope::Nic).size() == 1 + most_instances);
    CHECK(census.left_out() == 3001 - most_instances);
    CHECK(census.rows(Scope::Disk).size() == 2);
}

TEST_CASE("infos say what is known") {
    const auto roster = sample::changed(sample::roster(2), [](Roster& all) { all.guests[0].machine = "pc\n"; });
    std::string said;
    for (const InfoFamily& family : info_families()) {
        for (const InfoLabel& label : family.describe(*roster, 0)) {
            said += std::string(family.family) + "." + std::string(label.name) + "=" + label.value + " ";
        }
    }
    CHECK(said ==
          "virt_host.name=sample virt_host.arch=x86_64 virt_host.hypervisor=QEMU virt_host.kernel=6.1 "
          "virt_guest.driver=simulated virt_guest.machine=pc? virt_guest.id=1000 "
          "virt_disk.source=/images/0 virt_nic.source=/images/0 "
          "virt_filesystem.source=/images/1 virt_display.source=/images/0 ");
}
