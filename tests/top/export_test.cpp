// --stream and --csv against what the original printed (its captures: stream.txt, csv-*.csv).
#include <doctest/doctest.h>

#include "builder.h"
#include "top/print/csv.h"
#include "top/print/csv_field.h"
#include "top/print/csv_long.h"
#include "top/print/stream.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

namespace {

Pair captured() {
    Pair pair({{.name = "g0003", .id = 3}, {.name = "g0001", .id = 1}, {.name = "g0002", .id = 2}}, 1'466'712'952);
    const std::uint64_t busy[] = {6'397'000, 4'750'000, 5'459'000};
    for (std::size_t guest = 0; guest < 3; ++guest) {
        pair.before.set(guest, GuestMetric::cpu_time, 790'000'000);
        pair.now.set(guest, GuestMetric::cpu_time, 790'000'000 + busy[guest]);
    }
    return pair;
}

Host host_of(Picture picture) {
    std::string label = picture.frame().roster->host.name;
    return {.label = std::move(label), .picture = std::move(picture)};
}

std::string stream_of(const Picture& picture, bool block_bytes = false) {
    return stream_text(host_of(picture), block_bytes, {});
}

std::string row_of(const Picture& picture, CsvOptions options = {}) { return csv_row(host_of(picture), options, {}); }

GuestChoice choice_of(std::vector<std::string> globs, std::string_view filter = {}) {
    return {std::move(globs), *Filter::parse(filter)};
}

// Fields of one line of RFC 4180, to read back what was written.
std::vector<std::string> fields_of(const std::string& line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const bool doubled = quoted && line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"';
        if (doubled)
            fields.back() += line[i++];
        else if (line[i] == '"')
            quoted = !quoted;
        else if (line[i] == ',' && !quoted)
            fields.emplace_back();
        else
            fields.back() += line[i];
    }
    return fields;
}

}  // namespace

TEST_CASE("the stream is the original's, by ID") {
    CHECK(stream_of(captured().picture()) ==
          "virt-top time  16:28:42 Host vm x86_64 2/2CPU 2596MHz 9562MB \n"
          "   ID S RDRQ WRRQ RXBY TXBY %CPU %MEM   TIME    NAME\n"
          "    1 R    0    0    0    0  0.2  0.0   0:00.79 g0001\n"
          "    2 R    0    0    0    0  0.2  0.0   0:00.79 g0002\n"
          "    3 R    0    0    0    0  0.2  0.0   0:00.79 g0003\n");
}

TEST_CASE("the stream marks what is stale and leaves out what is off") {
    Pair pair({{.name = "hung", .id = 1}, {.name = "off", .id = 2, .state = GuestState::shut_off}});
    pair.now.set(0, GuestMetric::stale, 1);
    pair.now.table(Scope::Disk).row(0).present = 0;
    const std::string text = stream_of(pair.picture(), true);
    CHECK(text.find("   ID S RDBY WRBY RXBY") != std::string::npos);
    CHECK(text.find("    1 R!   -    -    0    0  0.0  0.0   0:00.00 hung\n") != std::string::npos);
    CHECK(text.find("off") == std::string::npos);
}

TEST_CASE("the CSV header is the original's") {
    CHECK(csv_header({}) ==
          "Hostname,Time,Arch,Physical CPUs,Count,Running,Blocked,Paused,Shutdown,Shutoff,Crashed,Active,Inactive,%CPU,"
          "Total hardware memory (KB),Total memory (KB),Total guest memory (KB),Total CPU time (ns),Domain ID,Domain "
          "name,"
          "CPU (ns),%CPU,Mem (bytes),%Mem,Block RDRQ,Block WRRQ,Net RXBY,Net TXBY\n");
    CHECK(csv_header({.block_bytes = true}).find(",%Mem,Block RDBY,Block WRBY,Net RXBY,Net TXBY\n") !=
          std::string::npos);
}

TEST_CASE("a CSV line is the original's, digit for digit") {
    CHECK(row_of(captured().picture()) ==
          "vm,16:28:42,x86_64,2,3,3,0,0,0,0,0,3,0,0.6,9791692,49152,49152,16606000,"
          "1,g0001,4750000.,0.161926708069,16384,0,0,0,0,0,"
          "2,g0002,5459000.,0.186096399863,16384,0,0,0,0,0,"
          "3,g0003,6397000.,0.218072663478,16384,0,0,0,0,0\n");
}

TEST_CASE("CSV counts are increases between the lines, not rates") {
    Pair pair({{.name = "a", .disks = {"vda", "vdb"}}}, 3 * second);
    pair.now.set(0, DiskMetric::read_ops, 30);
    pair.now.set(1, DiskMetric::read_ops, 3);
    pair.now.set(0, DiskMetric::write_bytes, 4096);
    pair.now.set(0, NicMetric::tx_bytes, 300);
    CHECK(row_of(pair.picture()).ends_with(",1,a,0.,0.,16384,0,33,0,0,300\n"));
    CHECK(row_of(pair.picture(), {.block_bytes = true}).ends_with(",1,a,0.,0.,16384,0,0,4096,0,300\n"));
}

TEST_CASE("a guest that is seen for the first time has what virt-top's first line has") {
    const std::vector<GuestSpec> guests{{.name = "new", .id = 4}};
    const Picture first = first_picture(frame_of(guests, roster_of(guests), 0));
    CHECK(row_of(first) == "vm,16:28:41,x86_64,2,1,1,0,0,0,0,0,1,0,0.0,9791692,16384,16384,0,4,new,0.,0.,0,0,,,,\n");
    CHECK(stream_of(first).ends_with("    4 R    0    0    0    0  0.0  0.0   0:00.00 new\n"));
}

TEST_CASE("in the CSV what is not known is empty") {
    Pair pair({{.name = "hung"}});
    pair.now.table(Scope::Disk).row(0).present = 0;
    pair.now.table(Scope::Guest).row(0).present = 0;
    CHECK(row_of(pair.picture()) == "vm,16:28:42,x86_64,2,1,0,0,0,0,0,0,1,0,,9791692,,,,1,hung,,,,,,,0,0\n");
}

TEST_CASE("a device that goes takes nothing from the others, let alone more than there is") {
    Pair pair({{.name = "a", .disks = {"vda", "vdb"}}});
    pair.before.set(0, DiskMetric::read_ops, 100);
    pair.before.set(1, DiskMetric::read_ops, 5000);
    const std::vector<GuestSpec> one_disk{{.name = "a", .disks = {"vda"}}};
    Pair after(one_disk);
    after.now.set(0, DiskMetric::read_ops, 107);
    const Picture picture = picture_of(pair.before, after.now);
    CHECK(row_of(picture).ends_with(",1,a,0.,0.,16384,0,7,0,0,0\n"));
    CHECK(stream_of(picture).ends_with("    1 R    7    0    0    0  0.0  0.0   0:00.00 a\n"));
}

TEST_CASE("a guest that sleeps is M, one without disks has read nothing") {
    const Pair pair({{.name = "asleep", .state = GuestState::suspended, .disks = {}, .nics = {}}});
    CHECK(stream_of(pair.picture()).ends_with("    1 M    0    0    0    0  0.0  0.0   0:00.00 asleep\n"));
}

TEST_CASE("groups of the CSV's columns are left out of header and lines alike") {
    const Pair pair({{.name = "a"}});
    const auto tail = [&](const CsvOptions& options) {
        const std::string header = csv_header(options);
        return header.substr(header.find("Domain name")) +
               row_of(pair.picture(), options)
                   .substr(std::string("vm,16:28:42,x86_64,2,1,1,0,0,0,0,0,1,0,0.0,9791692,16384,16384,0,").size());
    };
    CHECK(tail({.cpu = false}) ==
          "Domain name,Mem (bytes),%Mem,Block RDRQ,Block WRRQ,Net RXBY,Net TXBY\n1,a,16384,0,0,0,0,0\n");
    CHECK(tail({.memory = false, .block = false}) == "Domain name,CPU (ns),%CPU,Net RXBY,Net TXBY\n1,a,0.,0.,0,0\n");
    CHECK(tail({.cpu = false, .memory = false, .block = false, .net = false}) == "Domain name\n1,a\n");
}

TEST_CASE("only the guests that are chosen are put out, while the host's figures are of all") {
    const Pair pair(
        {{.name = "web1"}, {.name = "web22", .id = 2, .state = GuestState::paused}, {.name = "db", .id = 3}});
    const auto names = [&](const GuestChoice& choice) {
        const auto fields = fields_of(
            csv_row(host_of(pair.picture()), {.cpu = false, .memory = false, .block = false, .net = false}, choice));
        CHECK(fields[4] == "3");
        std::string found;
        for (std::size_t i = 19; i < fields.size(); i += 2) found += fields[i] + " ";
        return found;
    };
    CHECK(names({}) == "web1 web22 db\n ");
    CHECK(names(choice_of({"web?"})) == "web1\n ");
    CHECK(names(choice_of({"web*", "d?"})) == "web1 web22 db\n ");
    CHECK(names(choice_of({"web*"}, "state:paused")) == "web22\n ");
    CHECK(stream_text(host_of(pair.picture()), false, choice_of({}, "!web")).find("web") == std::string::npos);
    CHECK(csv_long_rows(host_of(pair.picture()), {}, choice_of({"none"})).empty());
}

TEST_CASE("the long CSV has a line a guest, as wide as its header, those that are off too") {
    Pair pair({{.name = "busy", .id = 7, .vcpus = 2}, {.name = "o,ff", .id = 9, .state = GuestState::shut_off}},
              2 * second);
    pair.now.set(0, GuestMetric::cpu_time, second);
    pair.now.set(0, GuestMetric::cpu_wait, second / 2);
    pair.now.set(0, DiskMetric::write_bytes, 4096);
    pair.now.table(Scope::Guest).row(1).present = 1;  // its state alone
    pair.now.table(Scope::Disk).row(1).present = 0;
    pair.now.table(Scope::Nic).row(1).present = 0;
    const std::string header = csv_long_header({});
    CHECK(header ==
          "time,host,guest,uuid,id,state,stale,interval_s,age_s,vcpus,cpu_ns,cpu_percent,steal_percent,mem_bytes,"
          "mem_percent,rss_bytes,read_requests,write_requests,read_bytes,write_bytes,rx_bytes,tx_bytes,rx_packets,"
          "tx_packets\n");
    const std::string busy = Uuid::derived("test", "busy", 0).text();
    const std::string off = Uuid::derived("test", "o,ff", 0).text();
    CHECK(csv_long_rows(host_of(pair.picture()), {}, {}) ==
          "2023-11-15T16:28:43.000Z,vm,busy," + busy +
              ",7,running,0,2.000,0.300,2,1000000000,25.000,12.500,16777216,0.167,"
              ",0,0,0,4096,0,0,,\n"
              "2023-11-15T16:28:43.000Z,vm,\"o,ff\"," +
              off + ",,shut off,0,2.000,,,,,,,,,,,,,,,,\n");
    CHECK(csv_long_header({.cpu = false, .memory = false, .net = false}) ==
          "time,host,guest,uuid,id,state,stale,interval_s,age_s,read_requests,write_requests,read_bytes,write_bytes\n");
}

TEST_CASE("in the long CSV nothing is zero that is not known") {
    const std::vector<GuestSpec> guests{{.name = "new"}};
    const auto fields =
        fields_of(csv_long_rows(host_of(first_picture(frame_of(guests, roster_of(guests), 0))), {}, {}));
    REQUIRE(fields.size() == 24);
    CHECK(fields[7].empty());   // interval
    CHECK(fields[10].empty());  // CPU
    CHECK(fields[13] == "16777216");
    CHECK(fields[16].empty());
}

TEST_CASE("names are quoted where they have to be, and read back whole") {
    CHECK(csv_field("plain") == "plain");
    CHECK(csv_field("a,b") == "\"a,b\"");
    CHECK(csv_field("say \"x\"") == "\"say \"\"x\"\"\"");
    CHECK(csv_field("two\nlines") == "\"two\nlines\"");
    CHECK(csv_field("a\"b|c\n\x1b[31m") == "\"a\"\"b|c\n?[31m\"");
    CHECK(csv_field(" x") == "\" x\"");
    CHECK(csv_field("").empty());
    const Pair pair({{.name = "x,\"y\"\n,z"}});
    const auto fields = fields_of(row_of(pair.picture()));
    REQUIRE(fields.size() == 28);
    CHECK(fields[19] == "x,\"y\"\n,z");
}
