// --stream and --csv against what the original printed (its captures: stream.txt, csv-*.csv).
#include <doctest/doctest.h>

#include "builder.h"
#include "top/print/csv.h"
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
    CHECK(stream_text(captured().picture(), false) ==
          "virt-top time  16:28:42 Host vm x86_64 2/2CPU 2596MHz 9562MB \n"
          "   ID S RDRQ WRRQ RXBY TXBY %CPU %MEM   TIME    NAME\n"
          "    1 R    0    0    0    0  0.2  0.2   0:00.79 g0001\n"
          "    2 R    0    0    0    0  0.2  0.2   0:00.79 g0002\n"
          "    3 R    0    0    0    0  0.2  0.2   0:00.79 g0003\n");
}

TEST_CASE("the stream marks what is stale and leaves out what is off") {
    Pair pair({{.name = "hung", .id = 1}, {.name = "off", .id = 2, .state = GuestState::shut_off}});
    pair.now.set(0, GuestMetric::stale, 1);
    pair.now.table(Scope::Disk).row(0).present = 0;
    const std::string text = stream_text(pair.picture(), true);
    CHECK(text.find("   ID S RDBY WRBY RXBY") != std::string::npos);
    CHECK(text.find("    1 R!   -    -    0    0  0.0  0.2   0:00.00 hung\n") != std::string::npos);
    CHECK(text.find("off") == std::string::npos);
}

TEST_CASE("the CSV header is the original's") {
    CHECK(csv_header(false) ==
          "Hostname,Time,Arch,Physical CPUs,Count,Running,Blocked,Paused,Shutdown,Shutoff,Crashed,Active,Inactive,%CPU,"
          "Total hardware memory (KB),Total memory (KB),Total guest memory (KB),Total CPU time (ns),Domain ID,Domain "
          "name,"
          "CPU (ns),%CPU,Mem (bytes),%Mem,Block RDRQ,Block WRRQ,Net RXBY,Net TXBY\n");
    CHECK(csv_header(true).find(",%Mem,Block RDBY,Block WRBY,Net RXBY,Net TXBY\n") != std::string::npos);
}

TEST_CASE("a CSV line is the original's, digit for digit") {
    CHECK(csv_row(captured().picture(), false) ==
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
    CHECK(csv_row(pair.picture(), false).ends_with(",1,a,0.,0.,16384,0,33,0,0,300\n"));
    CHECK(csv_row(pair.picture(), true).ends_with(",1,a,0.,0.,16384,0,0,4096,0,300\n"));
}

TEST_CASE("in the CSV what is not known is empty") {
    const std::vector<GuestSpec> guests{{.name = "new", .id = 4}};
    const std::string row = csv_row(first_picture(frame_of(guests, roster_of(guests), 0)), false);
    CHECK(row == "vm,16:28:41,x86_64,2,1,1,0,0,0,0,0,1,0,,9791692,16384,16384,,4,new,,,16384,0,,,,\n");
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
    const auto fields = fields_of(csv_row(pair.picture(), false));
    REQUIRE(fields.size() == 28);
    CHECK(fields[19] == "x,\"y\"\n,z");
}
