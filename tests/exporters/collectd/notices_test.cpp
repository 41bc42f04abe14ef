#include "exporters/collectd/notices.h"

#include <doctest/doctest.h>

#include "tests/exporters/collectd/heard.h"

using namespace virtscope;
using namespace virtscope::exporters;
using namespace virtscope::exporters::collectd;

namespace {

const RosterPtr two = running(2);

struct Told {
    Options options;
    Filter filter;

    std::vector<HeardNotification> of(const FramePtr& frame, bool states = false) const {
        const Plan plan(frame->roster, filter, options, "host.example");
        const Audience audience{plan, options, filter, "host.example"};
        Heard heard;
        if (states) send_states(*frame, audience, heard);
        else send_events(*frame, audience, heard);
        return heard.notifications;
    }
};

Event about(std::size_t guest, EventKind kind, std::string text = {}) {
    return {kind, two->guests[guest].uuid, two->guests[guest].name, std::move(text)};
}

FramePtr frame_with(Event event, GuestState state = GuestState::running, const RosterPtr& who = two) {
    return frame_at(5, who, [&](Frame& frame) {
        if (!who->guests.empty()) frame.set(0, GuestMetric::state, static_cast<std::uint64_t>(state));
        frame.events.push_back(std::move(event));
    });
}

HeardNotification only(const std::vector<HeardNotification>& all) {
    REQUIRE(all.size() == 1);
    return all[0];
}

Options as_virt() {
    Options options;
    options.plugin = "virt";
    return options;
}

}  // namespace

TEST_CASE("states are told in virt's words, at the sample's time") {
    const auto started = only(Told().of(frame_with(about(0, EventKind::guest_started))));
    CHECK(started.message == "Domain state: the domain is running. Reason: the reason is unknown");
    CHECK(started.type == "domain_state");
    CHECK(started.host == "guest-1-0");
    CHECK(started.severity == Severity::okay);
    CHECK(started.time == sample::at(5));
    const auto broken = only(Told().of(frame_with(about(0, EventKind::guest_state), GuestState::paused_io)));
    CHECK(broken.message == "Domain state: the domain is paused by user. Reason: paused due to a disk I/O error");
    CHECK(broken.severity == Severity::warning);
    CHECK(only(Told().of(frame_with(about(0, EventKind::guest_state), GuestState::crashed))).severity == Severity::failure);
}

TEST_CASE("trap: a guest suspended by its power management is a warning, not an unrecognised state") {
    const auto told = only(Told{as_virt(), {}}.of(frame_with(about(0, EventKind::guest_state), GuestState::suspended)));
    CHECK(told.severity == Severity::warning);
    CHECK(told.message.contains("suspended by guest power management"));
}

TEST_CASE("a guest that stopped is shut off, gone from the roster or started again in the same tick") {
    const auto gone = only(Told().of(frame_with(about(0, EventKind::guest_stopped), GuestState::running, running(0))));
    CHECK(gone.host == "guest-1-0");
    CHECK(gone.message.contains("the domain is shut off"));
    CHECK(only(Told().of(frame_with(about(0, EventKind::guest_stopped)))).message.contains("shut off"));
    CHECK(only(Told().of(frame_with(about(0, EventKind::guest_stopped), GuestState::crashed))).message.contains("shut off"));
}

TEST_CASE("other events are told under their names, but not as virt") {
    const auto device = only(Told().of(frame_with(about(0, EventKind::device_added, "disk vdb"))));
    CHECK(device.type == "device-added");
    CHECK(device.message == "guest-1-0: device-added: disk vdb");
    const auto host = only(Told().of(frame_with({EventKind::ring_in_memory, {}, "", "no space"})));
    CHECK(host.host == "host.example");
    CHECK(host.severity == Severity::warning);
    CHECK(Told{as_virt(), {}}.of(frame_with(about(0, EventKind::device_added, "disk vdb"))).empty());
    CHECK(Told().of(frame_with({EventKind::agent_started, {}, "", ""})).empty());
}

TEST_CASE("guests that are not sent are not told of, nor are those that are gone") {
    Told told;
    REQUIRE(set_option(told.options, "Domain", "guest-1-1"));
    CHECK(told.of(frame_with(about(0, EventKind::guest_started))).empty());
    CHECK(told.of(frame_with(about(0, EventKind::guest_stopped), GuestState::running, running(0))).empty());
    CHECK(told.of(frame_with(about(1, EventKind::guest_started))).size() == 1);
}

TEST_CASE("persistent: the state of every guest instead of what happened to it") {
    Told told;
    told.options.persistent_notification = true;
    const FramePtr frame = frame_with(about(0, EventKind::guest_state), GuestState::paused);
    CHECK(told.of(frame).empty());
    const auto states = told.of(frame, true);
    REQUIRE(states.size() == 2);
    CHECK(states[0].severity == Severity::warning);
    CHECK(states[1].severity == Severity::okay);
}

TEST_CASE("what others wrote is bounded and printable") {
    Event event = about(0, EventKind::device_added, std::string(400, 'd'));
    event.name = "evil\n\x1b[2J" + std::string(300, 'n');
    const auto told = only(Told().of(frame_with(event)));
    CHECK(told.message.size() == 255);
    CHECK(!told.message.contains('\n'));
    CHECK(!told.message.contains('\x1b'));
}
