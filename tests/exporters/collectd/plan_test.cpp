#include "exporters/collectd/plan.h"

#include <doctest/doctest.h>

#include <random>
#include <set>

#include "exporters/collectd/identifier.h"
#include "tests/exporters/collectd/heard.h"

using namespace virtscope;
using namespace virtscope::exporters;
using namespace virtscope::exporters::collectd;

namespace {

Options with(std::initializer_list<std::pair<const char*, const char*>> settings) {
    Options options;
    for (const auto& [key, value] : settings) REQUIRE(set_option(options, key, value));
    return options;
}

RosterPtr called(const std::vector<std::string>& names) {
    return sample::changed(running(names.size()), [&](Roster& roster) {
        for (std::size_t i = 0; i < names.size(); ++i) roster.guests[i].name = names[i];
    });
}

Plan plan(const RosterPtr& roster, const Options& options = {}) { return Plan(roster, {}, options, "host.example"); }

std::set<std::string> hosts(const Plan& plan) {
    std::set<std::string> all;
    for (const std::uint32_t row : plan.guests()) all.insert(plan.fields(row).host);
    return all;
}

std::vector<std::string> names(const Plan& plan, Scope scope) {
    std::vector<std::string> all;
    for (const Instance& instance : plan.instances(scope)) all.push_back(instance.name);
    return all;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("guests are called as the formats say") {
    const RosterPtr roster = running(1);
    const std::string uuid = roster->guests[0].uuid.text();
    CHECK(plan(roster).fields(0) == GuestFields{"guest-1-0", ""});
    CHECK(plan(roster, with({{"HostnameFormat", "hostname name uuid"}, {"PluginInstanceFormat", "uuid name"}})).fields(0) ==
          GuestFields{"host.example:guest-1-0:" + uuid, uuid + ":guest-1-0"});
    CHECK(plan(roster, with({{"HostnameFormat", "uuid"}})).fields(0).host == uuid);
}

TEST_CASE("a name that is too long is cut, never the UUID behind it, and it is said") {
    const Plan made = plan(called({std::string(300, 'n')}), with({{"HostnameFormat", "hostname name uuid"}}));
    const std::string uuid = made.roster()->guests[0].uuid.text();
    CHECK(made.fields(0).host.size() == longest_field);
    CHECK(made.fields(0).host.ends_with("n:" + uuid));
    REQUIRE(made.notes().size() == 1);
    CHECK(made.notes()[0].contains(uuid));
}

TEST_CASE("no two guests share an identifier, and who needs no change gets none") {
    const RosterPtr roster = called({"a/b", "a_b", "/a_b", "twin", "twin"});
    const Plan made = plan(roster);
    CHECK(hosts(made).size() == 5);
    CHECK(made.fields(1).host == "a_b");
    CHECK(made.fields(0).host == "a_b#" + roster->guests[0].uuid.text().substr(0, 8));
    // Among twins the one with the lower UUID keeps the name, whatever their order in the roster.
    const std::size_t first = roster->guests[3].uuid.text() < roster->guests[4].uuid.text() ? 3 : 4;
    CHECK(made.fields(static_cast<std::uint32_t>(first)).host == "twin");
    CHECK(hosts(plan(running(3), with({{"HostnameFormat", "hostname"}}))).size() == 3);
    CHECK(hosts(plan(running(3), with({{"HostnameFormat", "hostname"}, {"PluginInstanceFormat", "name"}}))) ==
          std::set<std::string>{"host.example"});
}

TEST_CASE("five hundred hostile guests have five hundred identifiers of the grammar") {
    std::mt19937 random(11);
    std::vector<std::string> hostile;
    for (int i = 0; i < 500; ++i) {
        std::string name(random() % 8 == 0 ? 255 : random() % 4, 'x');
        for (char& c : name) c = "/.-\"\\\n\xff\x01_ "[random() % 10];
        hostile.push_back(name);
    }
    const Plan made = plan(called(hostile));
    CHECK(hosts(made).size() == 500);
    for (const std::string& host : hosts(made)) CHECK(field(host) == host);
}

TEST_CASE("Domain selects by name, regular expression and UUID, IgnoreSelected turns it round") {
    const RosterPtr roster = called({"web1", "web2", "db1"});
    const std::string uuid = roster->guests[2].uuid.text();
    CHECK(hosts(plan(roster, with({{"Domain", "/^web/"}}))) == std::set<std::string>{"web1", "web2"});
    CHECK(hosts(plan(roster, with({{"Domain", "web1"}, {"Domain", "db1"}}))) == std::set<std::string>{"web1", "db1"});
    CHECK(hosts(plan(roster, with({{"Domain", "/^web/"}, {"IgnoreSelected", "true"}}))) == std::set<std::string>{"db1"});
    CHECK(hosts(plan(roster, with({{"Domain", uuid.c_str()}}))) == std::set<std::string>{"db1"});
    CHECK(hosts(plan(roster, with({{"Domain", uuid.c_str()}, {"IgnoreSelected", "true"}}))).size() == 2);
    CHECK(names(plan(roster, with({{"Domain", "web1"}})), Scope::Vcpu) == Names{"0", "1"});
    // A guest that is only called so is not meant.
    const RosterPtr taken = called({uuid, "web2", "db1"});
    CHECK(hosts(plan(taken, with({{"Domain", uuid.c_str()}}))) == std::set<std::string>{"db1"});
    CHECK(hosts(plan(taken, with({{"Domain", uuid.c_str()}, {"IgnoreSelected", "true"}}))) ==
          std::set<std::string>{uuid, "web2"});
}

TEST_CASE("devices are selected as guest:device, in the form that is shown") {
    const RosterPtr roster = running(2);
    CHECK(names(plan(roster), Scope::Disk) == Names{"vda0", "vda0"});
    CHECK(names(plan(roster, with({{"BlockDevice", "guest-1-1:vda0"}})), Scope::Disk) == Names{"vda0"});
    CHECK(names(plan(roster, with({{"BlockDevice", "vda0"}})), Scope::Disk).empty());
    CHECK(names(plan(roster, with({{"BlockDevice", "/:vda/"}, {"IgnoreSelected", "yes"}})), Scope::Disk).empty());
    const auto by_source = with({{"BlockDeviceFormat", "source"}, {"BlockDevice", "guest-1-1:/images/1"}});
    CHECK(names(plan(roster, by_source), Scope::Disk) == Names{"images_1"});
    CHECK(names(plan(roster, with({{"InterfaceFormat", "number"}, {"InterfaceDevice", "guest-1-0:interface-1"}})),
                Scope::Nic) == Names{"interface-1"});
    CHECK(names(plan(roster, with({{"ReportBlockDevices", "false"}})), Scope::Disk).empty());
    CHECK(names(plan(roster, with({{"ReportNetworkInterfaces", "false"}})), Scope::Nic).empty());
}

TEST_CASE("disks by source, whole or its last part; without a source by their names") {
    const RosterPtr roster = sample::changed(running(1), [](Roster& all) {
        all.disks = {{.guest = 0, .name = "vda", .source = "/images/root.raw"},
                     {.guest = 0, .name = "vdb", .source = "/other/root.raw"},
                     {.guest = 0, .name = "sr0", .source = ""}};
        all.guests[0].disks = 3;
    });
    CHECK(names(plan(roster, with({{"BlockDeviceFormat", "source"}})), Scope::Disk) ==
          Names{"images_root.raw", "other_root.raw", "sr0"});
    const Plan base = plan(roster, with({{"BlockDeviceFormat", "source"}, {"BlockDeviceFormatBasename", "true"}}));
    CHECK(names(base, Scope::Disk) == Names{"root.raw", "root.raw#2", "sr0"});
    CHECK(base.instances(Scope::Disk)[1].flush == "flush-root.raw#2");
}
