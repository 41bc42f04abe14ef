#include "exporters/prometheus/scrape.h"

#include <doctest/doctest.h>

#include <set>
#include <sstream>

#include "exporters/base/names.h"
#include "tests/core/tape.h"
#include "tests/exporters/exposition.h"

using namespace virtscope;
using namespace virtscope::exporters;

namespace {

using Map = std::map<std::string, std::string>;

Now now_at(double seconds, const std::string& boot = "00000000-0000-4000-8000-000000000001") {
    return {.realtime = sample::at(seconds),
            .monotonic = static_cast<std::int64_t>((seconds + 1000) * 1e9),
            .boot_id = boot};
}

// A ring with one frame of second 0, in which every cell is what its place says.
class Scene {
public:
    explicit Scene(const RosterPtr& roster = sample::roster(3)) : roster_(roster) {
        tape_.add(0, roster, [](Frame& frame) {
            for (std::size_t s = 0; s < scope_count; ++s) {
                Table& table = frame.tables.at(s);
                for (std::size_t r = 0; r < table.rows(); ++r) {
                    for (std::size_t c = 0; c < table.columns(); ++c) table.set(r, c, 1'000'000'000 * (r + 1) + c);
                }
            }
            frame.set(0, AgentMetric::tick_interval, sample::second);
            for (std::size_t g = 0; g < frame.roster->guests.size(); ++g) frame.set(g, GuestMetric::state, 1 + g % 2);
        });
    }

    Exposition page(Format format, const Now& now, const FilterWords& words = {}, bool inovex = false) const {
        return Exposition::parse(text(format, now, words, inovex), format);
    }
    std::string text(Format format, const Now& now, const FilterWords& words = {}, bool inovex = false) const {
        Scraper scraper({.ring = tape_.path(), .filter = *Filter::make(words), .inovex = inovex}, [&] { return now; });
        Buffer page;
        scraper.scrape(format, page);
        return std::string(page.view());
    }
    std::string uuid(std::size_t guest) const { return roster_->guests[guest].uuid.text(); }
    sample::Tape& tape() { return tape_; }

private:
    RosterPtr roster_;
    sample::Tape tape_;
};

std::set<std::string> names_of(const Exposition& page) {
    std::set<std::string> names;
    for (const FamilyRead& family : page.families()) {
        for (const Sample& sample : family.samples) names.insert(sample.name);
    }
    return names;
}

}  // namespace

TEST_CASE("every metric of the catalogue is on the page, in both formats, with the same samples") {
    const Scene scene;
    const Exposition classic = scene.page(Format::classic, now_at(0.5));
    const Exposition open = scene.page(Format::openmetrics, now_at(0.5));
    CHECK(names_of(classic) == names_of(open));
    CHECK(classic.samples() == open.samples());
    for (const ExportedMetric& metric : exported_metrics()) {
        INFO(metric.name);
        const FamilyRead* const family = open.family(metric.family);
        REQUIRE(family != nullptr);
        CHECK(family->unit == metric.unit);
        CHECK(family->type == (metric.is_state ? "stateset" : metric.kind == Kind::counter ? "counter" : "gauge"));
        CHECK(classic.family(metric.name) != nullptr);
    }
}

TEST_CASE("values are those of the frame, in base units, with the labels of their row") {
    const Scene scene;
    const Exposition page = scene.page(Format::openmetrics, now_at(0.5));
    const auto column = [](auto metric) { return std::to_string(static_cast<std::size_t>(metric)); };
    CHECK(page.value("virt_up") == "1");
    CHECK(page.value("virt_sample_age_seconds") == "0.5");
    CHECK(page.value("virt_guest_cpu_time_seconds_total", {{"uuid", scene.uuid(1)}, {"guest", "guest-0-1"}}) ==
          "2.00000000" + column(GuestMetric::cpu_time));
    CHECK(page.value("virt_disk_read_bytes_total", {{"guest", "guest-0-2"}, {"disk", "vda0"}}) ==
          "300000000" + column(DiskMetric::read_bytes));
    CHECK(page.value("virt_nic_tx_packets_total", {{"guest", "guest-0-0"}, {"nic", "vnet0"}}) ==
          "100000000" + column(NicMetric::tx_packets));
    CHECK(page.value("virt_vcpu_wait_seconds_total", {{"guest", "guest-0-1"}, {"vcpu", "1"}}) ==
          "4.00000000" + column(VcpuMetric::wait));
    CHECK(page.value("virt_cpu_idle_seconds_total", {{"cpu", "3"}}) == "3.00000000" + column(CpuMetric::idle));
    CHECK(page.value("virt_host_load1") == "1000000.0" + column(HostMetric::load1));
    CHECK(page.value("virt_guest_info", {{"uuid", scene.uuid(0)}, {"driver", "simulated"}, {"id", "1000"}}) == "1");
    CHECK(page.value("virt_disk_info", {{"guest", "guest-0-2"}, {"source", "/images/2"}}) == "1");
    CHECK(std::stod(page.value("virt_guest_sample_age_seconds", {{"guest", "guest-0-0"}})) == doctest::Approx(0.5));
}

TEST_CASE("of a guest's states and qualities exactly one is true") {
    const Scene scene;
    const Exposition page = scene.page(Format::openmetrics, now_at(0.5));
    CHECK(page.value("virt_guest_state", {{"guest", "guest-0-0"}, {"virt_guest_state", "running"}}) == "1");
    CHECK(page.value("virt_guest_quality", {{"guest", "guest-0-0"}, {"virt_guest_quality", "fresh"}}) == "1");
    for (const auto& [set, count] :
         {std::pair("virt_guest_state", guest_state_count), std::pair("virt_guest_quality", quality_count)}) {
        std::map<std::string, int> sums;
        for (const Sample& sample : page.family(set)->samples) sums[sample.labels.at("uuid")] += sample.value == "1";
        CHECK(page.count(set) == 3 * count);
        CHECK(sums.size() == 3);
        for (const auto& [uuid, sum] : sums) CHECK(sum == 1);
    }
}

TEST_CASE("what is absent is left out, a family of which nothing is there too") {
    Scene scene;
    scene.tape().add(1, sample::roster(2), [](Frame& frame) {
        frame.set(0, AgentMetric::tick_interval, sample::second);
        frame.set(1, GuestMetric::vcpus, 0);
    });
    const Exposition page = scene.page(Format::openmetrics, now_at(1.5));
    CHECK(page.count("virt_guest_vcpus") == 1);
    CHECK(page.value("virt_guest_vcpus", {{"guest", "guest-0-1"}}) == "0");
    CHECK(page.family("virt_guest_cpu_time_seconds") == nullptr);
    CHECK(page.family("virt_guest_state") == nullptr);
    CHECK(page.count("virt_guest_info") == 2);
}

TEST_CASE("a silent agent is told, and nothing of guests that may not be true any more") {
    const Scene scene;
    for (const Now& now : {now_at(10), now_at(0.5, "another boot"), now_at(-10)}) {
        for (const Format format : {Format::classic, Format::openmetrics}) {
            Now then = now;
            if (now.boot_id == "another boot") then.realtime = sample::at(500);
            const Exposition page = scene.page(format, then, {}, true);
            CHECK(page.value("virt_up") == "0");
            CHECK(page.value("libvirt_up") == "0");
            for (const std::string& name : names_of(page)) {
                const bool own = name == "virt_up" || name == "libvirt_up" || name == "virt_sample_age_seconds" ||
                                 name.starts_with("virt_exporter_");
                CHECK_MESSAGE(own, name);
            }
        }
    }
    CHECK(scene.page(Format::classic, now_at(10)).value("virt_sample_age_seconds") == "10");
    CHECK(scene.page(Format::classic, now_at(-10)).value("virt_sample_age_seconds").empty());
}

TEST_CASE("without a ring there is a page, and a ring that comes is read") {
    const sample::Directory folder;
    Scraper scraper({.ring = folder.file("ring"), .filter = {}}, [] { return now_at(0.5); });
    Buffer page;
    scraper.scrape(Format::openmetrics, page);
    CHECK(Exposition::parse(page.view(), Format::openmetrics).value("virt_up") == "0");
    auto writer = RingWriter::open(folder.file("ring"), 1 << 20);
    REQUIRE(writer);
    Frame frame;
    frame.realtime = sample::at(0);
    frame.monotonic = now_at(0).monotonic;
    frame.reset(sample::roster(1));
    frame.set(0, AgentMetric::tick_interval, sample::second);
    REQUIRE(writer->publish(frame));
    scraper.scrape(Format::openmetrics, page);
    const Exposition read = Exposition::parse(page.view(), Format::openmetrics);
    CHECK(read.value("virt_up") == "1");
    CHECK(read.value("virt_exporter_scrapes_total") == "1");
}

TEST_CASE("the filter holds for guests, devices and names of both kinds") {
    const Scene scene;
    const Exposition one = scene.page(Format::classic, now_at(0.5),
                                      {.guests = {"guest-0-1"}, .excluded = {}, .devices = {}, .metrics = {}}, true);
    CHECK(one.count("virt_guest_vcpus") == 1);
    CHECK(one.count("virt_vcpu_time_seconds_total") == 2);
    CHECK(one.count("libvirt_domain_vcpu_current") == 1);
    CHECK(one.value("libvirt_domains") == "1");
    CHECK(one.count("virt_cpu_idle_seconds_total") == 3);
    const Exposition no_disks = scene.page(Format::classic, now_at(0.5),
                                           {.guests = {}, .excluded = {}, .devices = {"vnet*"}, .metrics = {}}, true);
    CHECK(no_disks.count("virt_disk_read_bytes_total") == 0);
    CHECK(no_disks.count("virt_disk_info") == 0);
    CHECK(no_disks.count("virt_nic_rx_bytes_total") == 3);
    const Exposition few =
        scene.page(Format::openmetrics, now_at(0.5),
                   {.guests = {}, .excluded = {}, .devices = {}, .metrics = {"virt_up", "/_read_bytes/"}}, true);
    CHECK(names_of(few) == std::set<std::string>{"virt_up", "virt_disk_read_bytes_total",
                                                 "libvirt_domain_block_stats_read_bytes_total"});
}

TEST_CASE("guests and devices of any name make a page that is right") {
    std::vector<std::string> names{
        "", "\\", "\"", "a\nb", "\xff\xfe", std::string(1000, 'x'), "x}\nvirt_up 0\n", "\xe2\x80\xae", "same", "same"};
    const auto roster = sample::changed(sample::roster(names.size() + 1), [&](Roster& all) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            all.guests[i].name = names[i];
            all.guests[i].machine = names[i];
            all.disks[i].name = names[names.size() - 1 - i];
            all.disks[i].source = names[i];
            all.vcpus[2 * i].name = all.vcpus[2 * i + 1].name = names[i];
        }
        all.guests.back().name = all.guests[names.size() - 1].uuid.text();
        all.host.name = all.host.kernel = "\n\"\\";
    });
    const Scene scene(roster);
    for (const Format format : {Format::classic, Format::openmetrics}) {
        const Exposition page = scene.page(format, now_at(0.5), {}, true);
        CHECK(page.value("virt_up") == "1");
        CHECK(page.count("virt_guest_vcpus") == names.size() + 1);
        CHECK(page.count("virt_vcpu_time_seconds_total") == 2 * (names.size() + 1));
        CHECK(page.count("libvirt_domain_vcpu_time_seconds_total") == 2 * (names.size() + 1));
    }
}

TEST_CASE("inovex: the original's names, labels and units") {
    const Scene scene;
    const Exposition page = scene.page(Format::openmetrics, now_at(0.5), {}, true);
    CHECK(page.value("libvirt_up") == "1");
    CHECK(page.value("libvirt_domains") == "3");
    const auto cell = [](std::size_t row, auto metric) {
        return std::to_string(1'000'000'000 * (row + 1) + static_cast<std::size_t>(metric));
    };
    CHECK(page.value("libvirt_domain_block_stats_read_bytes_total",
                     {{"domain", "guest-0-1"}, {"target_device", "vda0"}}) == cell(1, DiskMetric::read_bytes));
    CHECK(page.value("libvirt_domain_interface_stats_transmit_drops_total",
                     {{"domain", "guest-0-2"}, {"target_device", "vnet0"}}) == cell(2, NicMetric::tx_drops));
    CHECK(page.value("libvirt_domain_vcpu_delay_seconds_total", {{"domain", "guest-0-0"}, {"vcpu", "1"}}) ==
          "2.00000000" + std::to_string(static_cast<std::size_t>(VcpuMetric::wait)));
    CHECK(page.value("libvirt_domain_info_state", {{"domain", "guest-0-0"}, {"state_desc", "the domain is running"}}) ==
          "1");
    CHECK(page.value("libvirt_domain_info_state",
                     {{"domain", "guest-0-1"}, {"state_desc", "the domain is blocked on resource"}}) == "2");
    CHECK(page.value("libvirt_domain_info_memory_usage_bytes", {{"domain", "guest-0-0"}}) ==
          cell(0, GuestMetric::memory_balloon));
    CHECK(page.value("libvirt_domain_block_stats_info", {{"domain", "guest-0-0"}, {"source_file", "/images/0"}}) ==
          "1");
    CHECK(std::stod(page.value("libvirt_domain_memory_stats_used_percent", {{"domain", "guest-0-0"}})) ==
          doctest::Approx(0).epsilon(1e-6));
    for (const FamilyRead& family : page.families()) {
        if (!family.name.starts_with("libvirt_")) continue;
        for (const Sample& sample : family.samples) CHECK(!sample.labels.contains("uuid"));
    }
}

TEST_CASE("inovex: every name that the original has and the ring can tell, with its type and its labels") {
    const Scene scene;
    const Exposition page = scene.page(Format::classic, now_at(0.5), {}, true);
    std::istringstream lines(sample::read_all(VIRTSCOPE_FIXTURES "/inovex.txt"));
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('#')) continue;
        std::istringstream words(line);
        std::string type, name, labels;
        words >> type >> name >> labels;
        INFO(name);
        const FamilyRead* const family = page.family(name);
        REQUIRE(family != nullptr);
        CHECK(family->type == type);
        std::string found;
        for (const auto& [label, value] : family->samples.front().labels) found += (found.empty() ? "" : ",") + label;
        CHECK(found == labels);
        ++count;
    }
    CHECK(count == 43);
}

TEST_CASE("a page without --compat has none of the other names, and its order is always the same") {
    const Scene scene;
    for (const std::string& name : names_of(scene.page(Format::classic, now_at(0.5)))) CHECK(name.starts_with("virt_"));
    const auto order = [&] {
        const Exposition page = scene.page(Format::classic, now_at(0.5), {}, true);
        std::string all;
        for (const FamilyRead& family : page.families()) all += family.name + " ";
        return all;
    };
    CHECK(order() == order());
}
