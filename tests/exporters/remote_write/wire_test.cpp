#include "exporters/remote_write/wire.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>

#include <snappy.h>

#include "exporters/remote_write/row_texts.h"
#include "tests/core/tape.h"
#include "tests/exporters/hostile_name.h"
#include "tests/exporters/remote_write/decode.h"

using namespace virtscope;
using namespace virtscope::exporters;
using namespace virtscope::exporters::remote_write;

namespace {

std::string label(std::string_view name, std::string_view value) {
    std::string out;
    append_label(out, name, value);
    return out;
}

void add(Request& request, std::string_view labels, double value, std::int64_t milliseconds) {
    request.add(std::array{labels}, bits_of(value), milliseconds);
}

}  // namespace

TEST_CASE("a request is byte for byte what protobuf makes of it") {
    Request request;
    add(request, label("a", "b"), 1.0, 300);
    // protoc --encode of: timeseries { labels { name: "a" value: "b" } samples { value: 1 timestamp: 300 } }
    const std::string wanted(
        "\x0a\x16\x0a\x06\x0a\x01"
        "a\x12\x01"
        "b\x12\x0c\x09\0\0\0\0\0\0\xf0\x3f\x10\xac\x02",
        24);
    CHECK(std::string(request.bytes()) == wanted);
    CHECK(request.samples() == 1);
}

TEST_CASE("what is added comes out again, of any length") {
    Request request;
    const std::string longer(300, 'x');
    const std::string longest(20'000, 'y');
    add(request, label("__name__", "up") + label("a", longer), -0.25, 1'700'000'000'123);
    add(request, label("__name__", longest), 1e300, 0);
    request.add(std::array<std::string_view, 1>{""}, stale_marker, 1'700'000'000'124);
    const auto received = decode(request.bytes());
    REQUIRE(received.size() == 3);
    CHECK(received[0].text() == "up{a=\"" + longer + "\"}");
    CHECK(received[0].value() == -0.25);
    CHECK(received[0].milliseconds == 1'700'000'000'123);
    CHECK(received[1].labels.front().second == longest);
    CHECK(received[1].value() == 1e300);
    CHECK(received[1].milliseconds == 0);
    CHECK(received[2].bits == 0x7ff0000000000002);
    request.clear();
    CHECK(request.bytes().empty());
    CHECK(request.samples() == 0);
}

TEST_CASE("labels may come in pieces") {
    Request request;
    const std::string name = label("__name__", "up"), one = label("a", "1"), two = label("b", "2");
    request.add(std::array<std::string_view, 3>{name, one, two}, bits_of(7), 5);
    CHECK(decode(request.bytes()).front().text() == "up{a=\"1\",b=\"2\"}");
}

TEST_CASE("what is packed is snappy's block format, in place of what was there") {
    std::string text, packed = "old", back;
    for (int i = 0; i < 100'000; ++i) text += "virt_disk_read_bytes_total" + std::to_string(i % 7);
    pack(text, packed);
    CHECK(packed.size() < text.size() / 5);
    REQUIRE(snappy::Uncompress(packed.data(), packed.size(), &back));
    CHECK(back == text);
}

TEST_CASE("a million hostile names are sent as they are shown, and distinct") {
    std::mt19937 random(20240503);
    const std::vector<std::string> words;
    const auto external = External::parse(words, "kvm7");
    REQUIRE(external);
    for (int round = 0; round < 334; ++round) {
        const auto roster = sample::changed(sample::roster(1000), [&](Roster& all) {
            for (auto& guest : all.guests) guest.name = hostile_name(random);
            for (auto& disk : all.disks) disk.name = hostile_name(random);
            for (auto& nic : all.nics) nic.name = hostile_name(random);
        });
        const Census census(roster, {});
        const RowTexts texts(census, *Filter::make({.metrics = {"virt_guest_cpu_time*"}}), *external);
        Request request;
        std::size_t at = 0;
        for (const Scope scope : {Scope::Guest, Scope::Disk, Scope::Nic}) {
            for (std::size_t i = 0; i < census.rows(scope).size(); ++i) {
                const RowText text = texts.at(scope, i);
                request.add(std::array{text.before, text.after}, bits_of(static_cast<double>(at++)), 7);
            }
        }
        const auto received = decode(request.bytes());
        REQUIRE(received.size() == 3000);
        at = 0;
        for (const Scope scope : {Scope::Guest, Scope::Disk, Scope::Nic}) {
            for (const std::uint32_t row : census.rows(scope)) {
                std::map<std::string, std::string> wanted{{"host", "kvm7"}};
                for (const Label& label : census.labels(scope, row).all()) {
                    if (!label.value.empty()) wanted[std::string(label.name)] = label.value;
                }
                const Received& one = received[at];
                const bool same = std::ranges::equal(one.labels, wanted, [](const auto& a, const auto& b) {
                    return a.first == b.first && a.second == b.second;
                });
                if (!same || one.value() != static_cast<double>(at)) FAIL(one.text());
                ++at;
            }
        }
    }
}
