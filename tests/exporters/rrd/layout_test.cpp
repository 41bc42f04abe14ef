#include "exporters/rrd/layout.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "exporters/rrd/archive.h"
#include "tests/core/tape.h"

using namespace virtscope;
using namespace virtscope::exporters;
using namespace virtscope::exporters::rrd;

namespace {

std::set<std::string> paths(const LayoutOptions& options, const RosterPtr& roster, const Filter& filter = {}) {
    std::set<std::string> all;
    for (const PlannedFile& file : Layout(options, filter).plan(Census(roster, filter)))
        CHECK(all.insert(file.path).second);
    return all;
}

RosterPtr named(std::vector<std::string> names) {
    return sample::changed(sample::roster(names.size()), [&](Roster& roster) {
        for (std::size_t i = 0; i < names.size(); ++i) roster.guests[i].name = names[i];
        roster.host.name = "kvm7";
    });
}

std::vector<std::string> definitions_of(const FileType& type) {
    std::vector<std::string> all;
    for (const Source& source : type.sources) all.push_back(definition(source, 20));
    return all;
}

const FileType& type_named(std::span<const FileType> types, std::string_view name) {
    const auto found = std::ranges::find(types, name, &FileType::name);
    REQUIRE(found != types.end());
    return *found;
}

}  // namespace

TEST_CASE("the native layout goes by UUID") {
    const auto roster = named({"../../etc"});
    const auto all = paths({.collectd = false}, roster);
    const std::string folder = roster->guests[0].uuid.text();
    for (const char* const file : {"/guest.rrd", "/vcpu-0.rrd", "/vcpu-1.rrd"})
        CHECK_MESSAGE(all.contains(folder + file), file);
    for (const char* const file : {"host/host.rrd", "host/agent.rrd", "host/cpu-3.rrd"})
        CHECK_MESSAGE(all.contains(file), file);
    CHECK(std::ranges::none_of(all, [](const std::string& path) { return path.find("..") != std::string::npos; }));
}

TEST_CASE("collectd's layout, with its formats") {
    const auto roster = named({"web01"});
    const std::string uuid = roster->guests[0].uuid.text();
    CHECK(paths({}, roster).contains("web01/virt/virt_cpu_total.rrd"));
    CHECK(paths({}, roster).contains("web01/virt/virt_vcpu-1.rrd"));
    CHECK(
        paths({.host = Naming::hostname, .instance = Naming::name}, roster).contains("kvm7/virt-web01/memory-rss.rrd"));
    CHECK(paths({.host = Naming::uuid}, roster).contains(uuid + "/virt/memory-rss.rrd"));
    CHECK(paths({.host = Naming::name, .instance = Naming::uuid}, roster)
              .contains("web01/virt-" + uuid + "/memory-total.rrd"));
}

TEST_CASE("two guests of one name have files of their own") {
    const auto roster = named({"twin", "twin"});
    const auto all = paths({}, roster);
    CHECK(all.contains("twin/virt/virt_cpu_total.rrd"));
    CHECK(all.contains("twin%3A" + roster->guests[1].uuid.text() + "/virt/virt_cpu_total.rrd"));
}

TEST_CASE("names that would leave the folder do not") {
    for (const std::string& name :
         {std::string(".."), std::string("a/../../b"), std::string("\n"), std::string(255, 'x')}) {
        for (const std::string& path : paths({}, named({name}))) {
            CHECK_MESSAGE(std::ranges::count(path, '/') == 2, path);
            CHECK_MESSAGE(!path.starts_with("."), path);
            CHECK_MESSAGE(path.find('\n') == std::string::npos, path);
        }
    }
}

TEST_CASE("who a file's counters are of changes with restart, device and host, not with the name") {
    const auto life = [](const RosterPtr& roster) {
        const auto files = Layout({.collectd = false}, {}).plan(Census(roster, {}));
        return std::ranges::find(files, roster->guests[0].uuid.text() + "/guest.rrd", &PlannedFile::path)->life;
    };
    const auto roster = named({"one"});
    CHECK(life(roster) == life(sample::changed(roster, [](Roster& r) { r.guests[0].name = "other"; })));
    CHECK(life(roster) != life(sample::changed(roster, [](Roster& r) { ++r.guests[0].generation; })));
    CHECK(life(roster) != life(sample::changed(roster, [](Roster& r) { r.host.boot_id = "later"; })));
}

TEST_CASE("data sources are as RRDtool and collectd want them") {
    for (const auto types : {native_types(), collectd_types()}) {
        for (const FileType& type : types) {
            std::set<std::string> names;
            for (const Source& source : type.sources) {
                CHECK_MESSAGE((!source.name.empty() && source.name.size() <= 19), source.name);
                CHECK_MESSAGE(
                    source.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos,
                    source.name);
                CHECK(names.insert(source.name).second);
                const bool counter =
                    source.column != no_column && metrics(type.scope)[source.column].kind == Kind::counter;
                CHECK_MESSAGE((source.merge == Merge::derive) == counter, type.name);
            }
        }
    }
    const auto collectd = collectd_types();
    CHECK(definitions_of(type_named(collectd, "disk_octets")) ==
          std::vector<std::string>{"DS:read:DERIVE:20:0:U", "DS:write:DERIVE:20:0:U"});
    CHECK(definitions_of(type_named(collectd, "if_octets")) ==
          std::vector<std::string>{"DS:rx:DERIVE:20:0:U", "DS:tx:DERIVE:20:0:U"});
    CHECK(definitions_of(type_named(collectd, "memory-rss")) == std::vector<std::string>{"DS:value:GAUGE:20:0:U"});
    CHECK(definitions_of(type_named(collectd, "ps_cputime")) ==
          std::vector<std::string>{"DS:user:DERIVE:20:0:U", "DS:syst:DERIVE:20:0:U"});
}

TEST_CASE("archives are collectd's to the row") {
    using Strings = std::vector<std::string>;
    const auto averages = [](std::chrono::seconds step) {
        Strings all;
        for (const std::string& text : archive_definitions(Archives::collectd, step)) {
            if (text.find("AVERAGE") != std::string::npos) all.push_back(text);
        }
        return all;
    };
    CHECK(archive_definitions(Archives::collectd, std::chrono::seconds(10)).size() == 15);
    CHECK(averages(std::chrono::seconds(10)) == Strings{"RRA:AVERAGE:0.1:1:1200", "RRA:AVERAGE:0.1:7:1235",
                                                        "RRA:AVERAGE:0.1:50:1210", "RRA:AVERAGE:0.1:223:1202",
                                                        "RRA:AVERAGE:0.1:2635:1201"});
    for (const int step : {1, 10, 60, 300, 3600, 86400}) {
        const auto all = archive_definitions(Archives::compact, std::chrono::seconds(step));
        CHECK(std::set(all.begin(), all.end()).size() == all.size());
    }
}

TEST_CASE("metrics that are filtered out have no files") {
    const auto filter =
        Filter::make({.guests = {}, .excluded = {}, .devices = {}, .metrics = {"virt_guest_cpu_time*"}});
    REQUIRE(filter);
    CHECK(paths({}, named({"web01"}), *filter) == std::set<std::string>{"web01/virt/virt_cpu_total.rrd"});
}
