#include "exporters/remote_write/stream.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "exporters/remote_write/wire.h"
#include "tests/core/tape.h"
#include "tests/exporters/remote_write/decode.h"

using namespace virtscope;
using namespace virtscope::exporters;
using namespace virtscope::exporters::remote_write;

namespace {

using Series = std::map<std::string, Received>;

class Scene {
public:
    explicit Scene(const FilterWords& words = {}, const std::vector<std::string>& labels = {})
        : stream_(*Filter::make(words), *External::parse(labels, "h")) {}

    // What a frame sends, through the wire: each series once, with its labels in order.
    Series write(const Frame& frame) {
        request_.clear();
        stream_.write(frame, sink());
        return sent();
    }
    Series own(const std::vector<OwnMetric>& metrics) {
        request_.clear();
        stream_.write_own(metrics, sink());
        return sent();
    }

private:
    Stream::Sink sink() {
        return [this](std::span<const std::string_view> labels, std::uint64_t bits) { request_.add(labels, bits, 1); };
    }
    Series sent() const {
        Series all;
        for (Received& series : decode(request_.bytes())) {
            CHECK(std::ranges::is_sorted(series.labels));
            CHECK(std::ranges::adjacent_find(series.labels, {}, [](const auto& label) { return label.first; }) ==
                  series.labels.end());
            const std::string text = series.text();
            CHECK(all.emplace(text, std::move(series)).second);
        }
        return all;
    }
    Stream stream_;
    Request request_;
};

// Every cell is there.
Frame full(const RosterPtr& roster) {
    Frame frame = sample::frame(7, roster, true);
    for (std::size_t g = 0; g < roster->guests.size(); ++g) {
        frame.set(g, GuestMetric::state, 1);
        frame.table(Scope::Guest).row(g).quality = Quality::fresh;
    }
    return frame;
}

std::set<std::string> ended(const Series& series) {
    std::set<std::string> all;
    for (const auto& [text, received] : series) {
        if (received.bits == stale_marker) all.insert(text);
    }
    return all;
}

std::string guest_labels(const RosterPtr& roster, std::size_t guest) {
    return "guest=\"" + roster->guests[guest].name + "\",host=\"h\",uuid=\"" + roster->guests[guest].uuid.text() + "\"";
}

}  // namespace

TEST_CASE("every metric of the catalogue is sent, in base units, by the names and labels of the page") {
    const RosterPtr roster = sample::roster(3);
    Scene scene;
    Frame frame = full(roster);
    frame.set(1, GuestMetric::cpu_time, 12'500'000'000);
    const Series series = scene.write(frame);
    std::set<std::string> names;
    for (const auto& [text, received] : series) names.insert(text.substr(0, text.find('{')));
    for (const ExportedMetric& metric : exported_metrics()) {
        INFO(metric.name);
        const bool has_rows = !Census(roster, {}).rows(metric.scope).empty();
        CHECK(names.contains(metric.name) == has_rows);
    }
    CHECK(series.at("virt_guest_cpu_time_seconds_total{" + guest_labels(roster, 1) + "}").value() == 12.5);
    CHECK(series.at("virt_guest_state{" + guest_labels(roster, 0) + ",virt_guest_state=\"running\"}").value() == 1);
    CHECK(series.at("virt_guest_state{" + guest_labels(roster, 0) + ",virt_guest_state=\"paused\"}").value() == 0);
    CHECK(series.at("virt_guest_quality{" + guest_labels(roster, 0) + ",virt_guest_quality=\"fresh\"}").value() == 1);
    CHECK(ended(series).empty());
    CHECK(std::ranges::count_if(series, [](const auto& each) { return each.first.starts_with("virt_guest_info{"); }) ==
          3);
    CHECK(series.size() == scene.write(frame).size());
}

TEST_CASE("names that guests chose are printable, and an own label sorts behind a set's") {
    const RosterPtr roster = sample::changed(sample::roster(2), [](Roster& changed) {
        changed.guests[0].name = "evil\n\x1b[2J\xff\"},x";
        changed.guests[1].name = std::string(5000, 'n');
    });
    Scene scene({}, {"zone=z"});
    const Series series = scene.write(full(roster));
    const std::string uuid = roster->guests[0].uuid.text();
    CHECK(series.contains("virt_guest_cpu_time_seconds_total{guest=\"evil??[2J?\"},x\",host=\"h\",uuid=\"" + uuid +
                          "\",zone=\"z\"}"));
    CHECK(series.contains("virt_guest_state{guest=\"evil??[2J?\"},x\",host=\"h\",uuid=\"" + uuid +
                          "\",virt_guest_state=\"running\",zone=\"z\"}"));
    for (const auto& [text, received] : series) CHECK(text.size() < 600);
}

TEST_CASE("the filter holds for metrics, sets, infos and what the exporter says of itself") {
    Scene scene({.metrics = {"virt_guest_quality", "virt_exporter_*"}});
    const RosterPtr roster = sample::roster(2);
    CHECK(scene.write(full(roster)).size() == 2 * quality_count);
    const std::vector<OwnMetric> own{{"virt_up", "", "", Kind::gauge, 1},
                                     {"virt_exporter_errors_total", "", "", Kind::counter, 3}};
    const Series said = scene.own(own);
    REQUIRE(said.size() == 1);
    CHECK(said.at("virt_exporter_errors_total{exporter=\"remote-write\",host=\"h\"}").value() == 3);
}

TEST_CASE("a series ends once: when its cell is absent, and when its row goes") {
    const RosterPtr two = sample::roster(2);
    Scene scene({.metrics = {"virt_guest_cpu_time_seconds_total", "virt_guest_state", "virt_guest_quality",
                             "virt_guest_info"}});
    const Series whole = scene.write(full(two));
    Frame without = full(two);
    without.table(Scope::Guest).row(1).present = 0;
    const auto cells = ended(scene.write(without));
    CHECK(cells.size() == 1 + guest_state_count);
    CHECK(cells.contains("virt_guest_cpu_time_seconds_total{" + guest_labels(two, 1) + "}"));
    CHECK(ended(scene.write(without)).empty());

    scene.write(full(two));
    // The first one goes, and what is left moves up a row.
    Roster rest = *two;
    rest.guests.erase(rest.guests.begin());
    const auto is_first = [](const auto& instance) { return instance.guest == 0; };
    for (auto* list : {&rest.vcpus, &rest.disks, &rest.nics}) {
        std::erase_if(*list, is_first);
        for (auto& instance : *list) --instance.guest;
    }
    const Series after = scene.write(full(std::make_shared<Roster>(rest)));
    const auto gone = ended(after);
    CHECK(gone.size() == 1 + guest_state_count + quality_count + 1);
    for (const std::string& text : gone) {
        INFO(text);
        CHECK(text.find(two->guests[0].name) != std::string::npos);
        CHECK(whole.contains(text));
    }
    CHECK(after.size() == whole.size());
}

TEST_CASE("another roster of the same guests ends nothing; info that changes ends with its old labels") {
    const RosterPtr before = sample::roster(2);
    Scene scene;
    scene.write(full(before));
    CHECK(ended(scene.write(full(sample::changed(before, [](Roster&) {})))).empty());
    const auto gone =
        ended(scene.write(full(sample::changed(before, [](Roster& roster) { roster.guests[1].local_id = 77; }))));
    REQUIRE(gone.size() == 1);
    CHECK(gone.begin()->starts_with("virt_guest_info{"));
}
