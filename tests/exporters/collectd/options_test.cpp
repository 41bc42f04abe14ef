#include "exporters/collectd/options.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace virtscope;
using namespace virtscope::exporters::collectd;

namespace {

Options with(std::initializer_list<std::pair<const char*, const char*>> settings) {
    Options options;
    for (const auto& [key, value] : settings) {
        const auto set = set_option(options, key, value);
        REQUIRE_MESSAGE(set, set.error().message);
    }
    return options;
}

std::string told(const char* key, const char* value) {
    Options options;
    const auto set = set_option(options, key, value);
    REQUIRE_MESSAGE(set, set.error().message);
    return *set;
}

std::string refused(const char* key, const char* value) {
    Options options;
    const auto set = set_option(options, key, value);
    REQUIRE(!set);
    return set.error().message;
}

}  // namespace

TEST_CASE("every option of collectd's virt plugin is known") {
    for (const char* key : {"Connection", "RefreshInterval", "Domain", "BlockDevice", "BlockDeviceFormat",
                            "BlockDeviceFormatBasename", "InterfaceDevice", "IgnoreSelected", "HostnameMetadataNS",
                            "HostnameMetadataXPath", "HostnameFormat", "PluginInstanceFormat", "InterfaceFormat",
                            "Instances", "ExtraStats", "PersistentNotification", "ReportBlockDevices",
                            "ReportNetworkInterfaces"}) {
        CHECK(std::ranges::count(all_options(), std::string_view(key), &Option::key) == 1);
    }
    CHECK(with({{"hostnameformat", "uuid"}}).host == std::vector{Part::uuid});
}

TEST_CASE("what has no use here is accepted and said") {
    CHECK(told("Connection", "qemu:///system").starts_with("Connection: not used"));
    CHECK(told("RefreshInterval", "60").contains("not needed"));
    CHECK(told("Instances", "4").contains("not needed"));
    CHECK(told("HostnameMetadataXPath", "/x").contains("no metadata"));
    CHECK(told("HostnameFormat", "metadata").contains("no metadata"));
    CHECK(told("InterfaceFormat", "address").contains("no addresses"));
    CHECK(told("ExtraStats", "perf cpu_util vcpupin") == "ExtraStats: perf, vcpupin: a ring does not have it, left out");
    CHECK(told("HostnameFormat", "name").empty());
}

TEST_CASE("formats") {
    const Options options = with({{"HostnameFormat", "hostname  name uuid"}, {"PluginInstanceFormat", "name uuid"},
                                  {"BlockDeviceFormat", "SOURCE"}, {"InterfaceFormat", "number"}});
    CHECK(options.host == std::vector{Part::hostname, Part::name, Part::uuid});
    CHECK(options.plugin_instance == std::vector{Part::name, Part::uuid});
    CHECK(options.disk_name == DiskName::source);
    CHECK(options.nic_name == NicName::number);
    CHECK(with({{"PluginInstanceFormat", "none"}}).plugin_instance.empty());
}

TEST_CASE("nothing extra as virt, all of it otherwise, what is asked for where it is") {
    CHECK(with({}).selected() == Extras::all());
    CHECK(with({{"PluginName", "virt"}}).selected() == Extras());
    const Options some = with({{"PluginName", "virt"}, {"ExtraStats", "disk STEAL"}});
    CHECK(some.selected().has(Extra::disk));
    CHECK(some.selected().has(Extra::steal));
    CHECK(some.selected().has(Extra::always));
    CHECK(!some.selected().has(Extra::vcpu));
    CHECK(with({{"ExtraStats", ""}}).selected() == Extras());
    CHECK(with({{"ExtraStats", "all"}}).selected() == Extras::all());
}

TEST_CASE("what cannot be meant is refused, with the option's name") {
    CHECK(refused("Nonsense", "1") == "unknown option Nonsense");
    CHECK(refused("IgnoreSelected", "perhaps") == "IgnoreSelected: 'perhaps' must be true or false");
    CHECK(refused("HostnameFormat", "name mood").contains("must be some of name, uuid"));
    CHECK(refused("HostnameFormat", "").starts_with("HostnameFormat: ''"));
    CHECK(refused("PluginInstanceFormat", "hostname").contains("or none"));
    CHECK(refused("ExtraStats", "vcpus").contains("'vcpus' is no selector; there are all, cpu_util"));
    CHECK(refused("Domain", "/(/").starts_with("Domain: '/(/': no regular expression"));
    CHECK(refused("BlockDeviceFormat", "path").contains("target or source"));
    CHECK(refused("PluginName", "a-b").contains("without"));
    CHECK(refused("PluginName", "../x").contains("without"));
    CHECK(refused("BackFill", "-1").contains("whole seconds"));
    CHECK(refused("BackFill", "1h").contains("whole seconds"));
    CHECK(refused("StateFile", "").contains("a path"));
    CHECK(refused("Ring", "").contains("a path"));
}
