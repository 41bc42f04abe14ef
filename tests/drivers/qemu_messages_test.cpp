#include <string>

#include <doctest/doctest.h>

#include "drivers/qemu/commands.h"
#include "drivers/qemu/decoder.h"
#include "drivers/qemu/framer.h"

using namespace virtscope;
using namespace virtscope::qemu;

namespace {

// Replies of a QEMU 7.2.22, shortened to one disk with counters made up.
constexpr const char* blockstats = R"({"return": [
 {"device": "ide0-cd0", "stats": {"rd_bytes": 0, "rd_operations": 0}, "qdev": "/machine/unattached/device[20]"},
 {"device": "", "parent": {"stats": {"rd_bytes": 9}}, "stats": {"unmap_operations": 1, "flush_total_time_ns": 2,
  "wr_total_time_ns": 3, "failed_wr_operations": 4, "failed_rd_operations": 5, "wr_bytes": 512, "unmap_bytes": 6,
  "failed_unmap_operations": 0, "failed_flush_operations": 0, "rd_total_time_ns": 7, "flush_operations": 8,
  "wr_operations": 10, "rd_bytes": 1024, "unmap_total_time_ns": 11, "rd_operations": 12},
  "node-name": "d0", "qdev": "/machine/peripheral/vda/virtio-backend"},
 {"device": "", "stats": {"rd_operations": 1}, "node-name": "backup-target"},
 {"device": "x", "stats": {"rd_operations": -1, "wr_operations": "many", "rd_bytes": 1.5}, "node-name": "n"},
 {"device": "x", "stats": {}, "node-name": "n2"}], "id": 7})";

std::optional<std::uint64_t> cell(const DiskStats& disk, DiskMetric metric) {
    return disk.counters[static_cast<std::size_t>(metric)];
}

}  // namespace

TEST_CASE("framer: messages come out whole however the stream is cut") {
    const std::string first = R"({"a": "}{\"][", "b": [1, {"c": 2}]})";
    const std::string second = "{\n    \"pretty\": {\n    }\n}";
    const std::string stream = first + "\r\n" + second + "\r\n";
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        Framer framer;
        std::vector<std::string> got;
        for (const std::string_view part : {std::string_view(stream).substr(0, cut), std::string_view(stream).substr(cut)}) {
            framer.feed(part);
            for (auto next = framer.next(); *next; next = framer.next()) got.emplace_back(**next);
        }
        REQUIRE(got.size() == 2);
        CHECK(got[0] == first);
        CHECK(got[1] == second);
    }
}

TEST_CASE("framer: garbage, depth and size end the stream") {
    for (const char* garbage : {"hello", "[1]", "}", "\x01", "{\"a\":1}x", "\"text\""}) {
        Framer framer;
        framer.feed(garbage);
        auto next = framer.next();
        if (next && *next) next = framer.next();
        CHECK_FALSE(next.has_value());
    }
    Framer deep;
    deep.feed(std::string(33, '{'));
    CHECK_FALSE(deep.next().has_value());
    Framer endless;
    bool failed = false;
    endless.feed("{\"a\": \"");
    for (std::size_t bytes = 0; bytes <= max_message_bytes + 65536 && !failed; bytes += 65536) {
        endless.feed(std::string(65536, 'x'));
        failed = !endless.next().has_value();
    }
    CHECK(failed);
}

TEST_CASE("decoder: greeting, event, error") {
    Decoder decoder;
    const auto greeting = decoder.parse(
        R"({"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian"}, "capabilities": ["oob"]}})");
    REQUIRE(greeting);
    CHECK(greeting->kind == MessageKind::greeting);
    CHECK(greeting->text == "7.2.22");
    const auto event = decoder.parse(R"({"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"})");
    REQUIRE(event);
    CHECK(event->kind == MessageKind::event);
    CHECK(event->name == "STOP");
    const auto error = decoder.parse(R"({"error": {"class": "DeviceNotActive", "desc": "none"}, "id": 3})");
    REQUIRE(error);
    CHECK(error->kind == MessageKind::error);
    CHECK(error->id == 3);
    CHECK_FALSE(decoder.parse("{\"a\":}").has_value());
    CHECK_FALSE(decoder.parse("{\"return\": 1e400}").has_value());
    CHECK(decoder.parse("{}")->kind == MessageKind::other);
    CHECK(decoder.disks().empty());
}

TEST_CASE("decoder: block counters; what is missing or of another type is absent") {
    Decoder decoder;
    const auto message = decoder.parse(blockstats);
    REQUIRE(message);
    CHECK(message->id == 7);
    const auto disks = decoder.disks();
    REQUIRE(disks.size() == 4);  // the one without a device is no disk of the guest
    CHECK(disks[0].name == "ide0-cd0");
    CHECK_FALSE(disks[0].medium);
    CHECK(disks[1].name == "vda");
    CHECK(disks[1].virtio_blk);
    CHECK(cell(disks[1], DiskMetric::read_ops) == 12U);
    CHECK(cell(disks[1], DiskMetric::write_bytes) == 512U);
    CHECK(cell(disks[1], DiskMetric::failed_ops) == 9U);
    CHECK(cell(disks[1], DiskMetric::discard_time) == 11U);
    CHECK_FALSE(cell(disks[0], DiskMetric::flush_ops));
    CHECK(disks[2].name == "x");
    CHECK(disks[3].name == "x#2");
    CHECK_FALSE(cell(disks[2], DiskMetric::read_ops));
    CHECK_FALSE(cell(disks[2], DiskMetric::write_ops));
    CHECK_FALSE(cell(disks[2], DiskMetric::failed_ops));
}

TEST_CASE("decoder: vCPUs, I/O threads, state, balloon, statistics") {
    Decoder decoder;
    REQUIRE(decoder.parse(R"({"return": [{"thread-id": 8385, "qom-path": "/m/d[2]", "cpu-index": 1}, {"cpu-index": 2},
        {"thread-id": 8384, "qom-path": "/m/d[0]", "cpu-index": 0}, {"thread-id": 1, "cpu-index": 0}]})"));
    const auto cpus = decoder.cpus();
    REQUIRE(cpus.size() == 2);
    CHECK(cpus[0].thread == 8384);
    CHECK(cpus[1].qom_path == "/m/d[2]");
    REQUIRE(decoder.parse(R"({"return": [{"thread-id": 8381, "id": "io1"}]})"));
    CHECK(decoder.iothreads().at(0).id == "io1");
    REQUIRE(decoder.parse(R"({"return": {"status": "io-error", "running": false}})"));
    CHECK(decoder.status() == GuestState::paused_io);
    REQUIRE(decoder.parse(R"({"return": {"status": "of-the-future"}})"));
    CHECK(decoder.status() == GuestState::unknown);
    REQUIRE(decoder.parse(R"({"return": {"actual": 16777216}})"));
    CHECK(decoder.balloon() == 16777216U);
    REQUIRE(decoder.parse(R"({"return": [{"provider": "kvm", "stats": [{"name": "exits", "value": 5},
        {"name": "blocking", "value": true}, {"name": "halt_poll_success_ns", "value": 2},
        {"name": "halt_poll_fail_ns", "value": 3}], "qom-path": "/m/d[0]"}]})"));
    const auto stats = decoder.vcpu_stats();
    REQUIRE(stats.size() == 1);
    CHECK(stats[0].exits == 5U);
    CHECK(stats[0].halted == 1U);
    CHECK(stats[0].halt_poll == 5U);
    CHECK_FALSE(stats[0].halt_wait);
    REQUIRE(decoder.parse(R"({"return": {"stats": {"stat-free-memory": 18446744073709551615, "stat-swap-in": 7},
        "last-update": 1700000000}})"));
    CHECK_FALSE(decoder.guest_memory().unused);
    CHECK(decoder.guest_memory().swap_in == 7U);
}

TEST_CASE("commands: nothing but what only reads, and one that is asked for; paths cannot break out") {
    for (std::size_t i = 0; i < command_count; ++i) {
        const std::string name(command_name(static_cast<Command>(i)));
        const bool reads = name.starts_with("query-") || name == "qom-get" || name == "qom-list" || name == "qmp_capabilities";
        CHECK((reads || name == "qom-set"));
        const std::string text = command_text({static_cast<Command>(i), "/a\"b\\c\n", 5}, 9);
        CHECK(text.find('\n') == text.size() - 1);
        Decoder decoder;
        const auto parsed = decoder.parse(text);
        REQUIRE(parsed);
        CHECK(parsed->id == 9);
    }
    CHECK(command_text({Command::poll_stats, "/x", 5}, 1).find(R"("guest-stats-polling-interval","value":5)") !=
          std::string::npos);
}
