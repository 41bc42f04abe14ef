// nagios-config: which guests, what is written of them, and what becomes of the files that were there.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "agent/ctl/config_folder.h"
#include "agent/ctl/monitor_text.h"

using namespace virtscope;

namespace {

Roster roster_of(const std::vector<std::string>& names) {
    Roster roster;
    roster.host.name = "hv1";
    for (const std::string& name : names) {
        roster.guests.push_back({.uuid = Uuid::derived("test", name, 1), .generation = 1, .name = name});
    }
    return roster;
}

Result<MonitorPlan> plan_of(const MonitorWords& words, const std::string& ring, const Roster& roster,
                            const std::vector<std::string>& known) {
    Frame frame;
    frame.reset(std::make_shared<const Roster>(roster));
    return virtscope::plan_of(words, ring, frame, known);
}

// Guests of Xen, with a disk each; of `timed` the backend tells times.
Frame frame_of_xen(const std::vector<std::string>& names, std::size_t timed) {
    Roster roster = roster_of(names);
    for (std::uint32_t i = 0; i < roster.guests.size(); ++i) {
        roster.guests[i].driver = "xen";
        roster.guests[i].local_id = i + 1;
        roster.guests[i].first_disk = i;
        roster.guests[i].disks = 1;
        roster.disks.push_back({.guest = i, .name = "xvda", .source = {}});
    }
    Frame frame;
    frame.reset(std::make_shared<const Roster>(roster));
    for (std::size_t i = 0; i < timed; ++i) {
        frame.set(i, DiskMetric::read_time, 0);
        frame.set(i, DiskMetric::write_time, 0);
    }
    return frame;
}

std::vector<std::string> names_of(const MonitorPlan& plan) {
    std::vector<std::string> names;
    for (const MonitoredGuest& guest : plan.guests) names.push_back(guest.name);
    return names;
}

std::string refusal(const MonitorWords& words, const std::string& ring = "/r") {
    const auto plan = plan_of(words, ring, roster_of({"web01", "db02"}), {});
    REQUIRE_FALSE(plan);
    return plan.error().message;
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string_view::npos; ++at) ++found;
    return found;
}

class Folder {
public:
    Folder() {
        std::string name = std::filesystem::temp_directory_path() / "virtscope-config-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string read(const std::string& name) const { return content_of(path, name).value(); }
    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(path)) found.push_back(entry.path().filename());
        std::ranges::sort(found);
        return found;
    }
    std::string path;
};

std::vector<Written> write(const Folder& folder, std::string_view text, bool editable = false, bool force = false) {
    const auto done = write_files(folder.path, {{"a.cfg", stamped(text), editable}}, force);
    REQUIRE(done);
    return *done;
}

using Fates = std::vector<Written>;

}  // namespace

TEST_CASE("guests by name, glob, regular expression and UUID") {
    const Roster roster = roster_of({"web01", "web02", "db02", "web[1]", "/odd/"});
    const auto chosen = [&](std::vector<std::string> guests, std::vector<std::string> excluded = {}) {
        const auto plan = plan_of({.guests = std::move(guests), .excluded = std::move(excluded), .host_name = "h"}, "/r", roster, {});
        REQUIRE(plan);
        return names_of(*plan);
    };
    using Names = std::vector<std::string>;
    CHECK(chosen({"web0*"}) == Names{"web01", "web02"});
    CHECK(chosen({"/^(web|db)02$/"}) == Names{"db02", "web02"});
    CHECK(chosen({roster.guests[2].uuid.text()}) == Names{"db02"});
    CHECK(chosen({}, {"web*", "/odd/"}) == Names{"db02"});
    CHECK(chosen({"web[1]"}).size() == 1);
    CHECK(refusal({.guests = {"nobody"}}).starts_with("--guest nobody: no such guest"));
    CHECK(refusal({.excluded = {"/(/"}}).starts_with("--exclude: '/(/' is no regular expression"));
}

TEST_CASE("who is off is taken if asked for, or if he was watched before; Domain-0 is no guest") {
    Roster roster = roster_of({"web01", "off"});
    roster.guests[1].generation = 0;
    roster.guests.push_back(
        {.uuid = Uuid::derived("xen", "domain 0", 0), .generation = 1, .name = "Domain-0", .driver = "xen"});
    roster.guests.push_back({.uuid = {}, .generation = 1, .name = "Domain-0", .driver = "libvirt"});  // the same, by libvirt
    CHECK(names_of(plan_of({}, "/r", roster, {}).value()) == std::vector<std::string>{"web01"});
    CHECK(plan_of({.all = true}, "/r", roster, {}).value().guests.size() == 2);
    CHECK(plan_of({}, "/r", roster, {roster.guests[1].uuid.text()}).value().guests.size() == 2);
}

TEST_CASE("a wrong word is refused with what would be right") {
    CHECK(refusal({.services = {"cpu", "agent"}}).starts_with("--services agent: want some of state, cpu"));
    CHECK(refusal({.host_name = "a;b"}).starts_with("--host-name a;b: want letters"));
    CHECK(refusal({.host_name = "web01"}) == "--host-name web01: a guest has that name: give another");
    CHECK(refusal({.contact_group = "a,b"}).starts_with("--contact-group"));
    CHECK(refusal({.interval = "0s"}) == "--check-interval 0s: want 1s to 24h");
    CHECK(refusal({.interval = "soon"}).starts_with("--check-interval: "));
    CHECK(refusal({}, "/tmp/a b/$(id)").starts_with("--ring /tmp/a b/$(id): a path for command lines"));
}

TEST_CASE("a relative ring is written as the path it is") {
    const auto plan = plan_of({}, "x/../ring", roster_of({"web01"}), {});
    CHECK(plan.value().ring == std::filesystem::current_path() / "ring");
}

TEST_CASE("Nagios: commands hold UUIDs and fixed words, services are one for all guests") {
    const Roster roster = roster_of({"web01", "x;$(id)"});
    const auto plan = plan_of({.services = {"cpu"}, .contact_group = "admins", .interval = "90s"}, "/r", roster, {});
    const auto files = nagios_files(plan.value());
    REQUIRE(files.size() == 3);
    const std::string& guests = files[2].text;
    CHECK(guests.find("id)") == std::string::npos);
    CHECK(count(guests, "_VIRT_UUID") == 2);
    CHECK(count(guests, "hostgroup_name          virt-hostgroup\n") == 1);
    CHECK(count(guests, "hostgroup_name          virt-hostgroup,!virt-own-cpu\n") == 1);
    CHECK(count(guests, "parents                 hv1") == 2);
    CHECK(files[1].text.find("check_interval          1.5\n") != std::string::npos);
    CHECK(count(files[1].text, "contact_groups          admins") == 2);
    CHECK(count(files[0].text, "define command {") == 2 * guest_modes().size() + guest_modes().size() + 2);
    CHECK(count(guests, "virt-passive") == 0);
}

TEST_CASE("Nagios, passive: a check on the host feeds the guests' services") {
    const auto plan = plan_of({.services = {"cpu", "responsive"}, .passive = true}, "/r", roster_of({"web01"}), {});
    const std::string guests = nagios_files(plan.value())[2].text;
    CHECK(count(guests, "virt-passive,virt-cpu") == 1);
    CHECK(count(guests, "virt-feed-cpu") == 1);
    CHECK(count(guests, "virt-feed-responsive") == 1);
    CHECK(count(guests, "virt-all-responsive") == 0);  // one service of that name
    CHECK(count(guests, "virt-all-agent") == 2);
}

TEST_CASE("no guests, no services of guests") {
    const auto plan = plan_of({.passive = true}, "/r", roster_of({}), {});
    CHECK(count(nagios_files(plan.value())[2].text, "define service") == host_services().size());
}

TEST_CASE("Icinga: hosts with variables") {
    const auto plan = plan_of({.services = {"cpu", "net"}, .passive = true}, "/r", roster_of({"web01"}), {});
    const auto files = icinga_files(plan.value());
    const std::string& guests = files[1].text;
    CHECK(guests.find("object Host \"web01\"") != std::string::npos);
    CHECK(guests.find("const VirtGuestServices = [ \"cpu\", \"net\" ]") != std::string::npos);
    CHECK(guests.find("vars.virt_feeds = [ \"cpu\", \"net\" ]") != std::string::npos);
    CHECK(guests.find("vars.virt_fed = true") != std::string::npos);
    CHECK(files[0].name == "virtscope.conf");
}

TEST_CASE("a guest of Xen gets no service that Xen's silence would leave UNKNOWN for ever") {
    const std::vector<std::string> all(guest_modes().begin(), guest_modes().end());
    const auto plan = plan_of({.services = all}, "/r", frame_of_xen({"vbd"}, 0), {}).value();
    REQUIRE(plan.guests.size() == 1);
    CHECK(plan.guests[0].untold == std::vector<std::string>{"steal", "memory", "block", "fs", "guest-agent"});
    CHECK(services_of(plan, plan.guests[0]).size() == all.size() - 5);
    const std::string guests = nagios_files(plan)[2].text;
    for (const std::string& mode : all) {
        const bool untold = std::ranges::find(plan.guests[0].untold, mode) != plan.guests[0].untold.end();
        CHECK_MESSAGE(count(guests, fmt::format("!virt-own-{}\n", mode)) == (untold ? 0 : 1), mode);
    }
    CHECK(count(guests, "virt-untold") == 0);  // no group for services that nobody gets
    CHECK(plan_of({.services = all}, "/r", roster_of({"kvm"}), {}).value().guests[0].untold.empty());
}

TEST_CASE("a disk of Xen whose backend tells times is judged, beside one that has none") {
    const auto plan = plan_of({.services = {"cpu", "steal", "block"}}, "/r", frame_of_xen({"a-qdisk", "b-vbd"}, 1), {}).value();
    const std::string nagios = nagios_files(plan)[2].text;
    CHECK(count(nagios, "hostgroup_name          virt-hostgroup,!virt-own-block,!virt-untold-block\n") == 1);
    CHECK(count(nagios, "hostgroup_name          virt-untold-block\n") == 1);
    CHECK(count(nagios, "hostgroups              virt-hostgroup,virt-untold-block\n") == 1);
    CHECK(count(nagios, "hostgroups              virt-hostgroup\n") == 1);
    CHECK(count(nagios, "steal") == 0);
    const std::string icinga = icinga_files(plan)[1].text;
    CHECK(count(icinga, "vars.virt_services = [ \"cpu\", \"block\" ]") == 1);
    CHECK(count(icinga, "vars.virt_services = [ \"cpu\" ]") == 1);
}

TEST_CASE("what no guest gets is not fed") {
    const auto plan = plan_of({.services = {"steal", "net"}, .passive = true}, "/r", frame_of_xen({"a"}, 0), {}).value();
    CHECK(fed_services(plan) == std::vector<std::string>{"net"});
}

TEST_CASE("the guests of a file are known again, whatever else is in it") {
    const auto plan = plan_of({}, "/r", roster_of({"web01", "db 02"}), {});
    for (const std::string& text : {nagios_files(plan.value())[2].text, icinga_files(plan.value())[1].text}) {
        const auto guests = marked_guests(text);
        REQUIRE(guests.size() == 2);
        CHECK(guests[0].name == "db 02");
        CHECK(guests[1].uuid == plan.value().guests[1].uuid);
    }
    CHECK(marked_guests("# guest\n# guest x y\n\xff\n# guest 0d1f6d0e-1111-4222-8333-444455556666").empty());
}

TEST_CASE("a stamp tells whether a text was edited") {
    const std::string text = stamped("define host\n");
    CHECK_FALSE(is_edited(text));
    CHECK(is_edited(text + "\n"));
    CHECK(is_edited("define host\n"));
    CHECK(is_edited(""));
}

TEST_CASE("a file is replaced whole and its former content kept") {
    const Folder folder;
    CHECK(write(folder, "one\n") == Fates{Written::anew});
    CHECK(write(folder, "one\n") == Fates{Written::unchanged});
    CHECK(folder.names() == std::vector<std::string>{"a.cfg"});
    CHECK(write(folder, "two\n") == Fates{Written::replaced});
    CHECK(write(folder, "three\n") == Fates{Written::replaced});
    CHECK(folder.read("a.cfg") == stamped("three\n"));
    CHECK(folder.read("a.cfg.old") == stamped("two\n"));
    CHECK(folder.names() == std::vector<std::string>{"a.cfg", "a.cfg.old"});
}

TEST_CASE("what a person has edited is kept, unless forced") {
    const Folder folder;
    write(folder, "one\n", true);
    std::ofstream(folder.path + "/a.cfg", std::ios::app) << "mine\n";
    CHECK(write(folder, "two\n", true) == Fates{Written::kept});
    CHECK(folder.read("a.cfg") == stamped("one\n") + "mine\n");
    CHECK(write(folder, "two\n", true, true) == Fates{Written::replaced});
    CHECK(folder.read("a.cfg.old") == stamped("one\n") + "mine\n");
}

TEST_CASE("nothing is replaced when one of the files cannot be") {
    const Folder folder;
    write(folder, "one\n");
    std::filesystem::create_directory(folder.path + "/b.cfg");
    const auto done = write_files(folder.path, {{"a.cfg", stamped("two\n"), false}, {"b.cfg", stamped("x"), false}}, true);
    REQUIRE_FALSE(done);
    CHECK(done.error().message == folder.path + "/b.cfg: is no regular file: move it away");
    CHECK(folder.read("a.cfg") == stamped("one\n"));
    CHECK(folder.names() == std::vector<std::string>{"a.cfg", "b.cfg"});
    CHECK(write_files(folder.path + "/none", {}, false).error().message.ends_with("no such folder: make it first"));
}
