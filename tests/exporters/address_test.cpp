#include "exporters/prometheus/address.h"

#include <doctest/doctest.h>

using namespace virtscope;
using namespace virtscope::exporters;

TEST_CASE("an address has a host and a port") {
    const auto parts = [](std::string_view text) {
        const auto address = parse_address(text);
        return address ? address->host + " " + address->port : "malformed";
    };
    CHECK(parts("127.0.0.1:9177") == "127.0.0.1 9177");
    CHECK(parts(":9177") == " 9177");
    CHECK(parts("[::1]:0") == "::1 0");
    CHECK(parts("host.example:80") == "host.example 80");
    for (const char* wrong : {"", "9177", "host", "host:", "host:http", ":65536", ":-1", "::1:9177", "[::1]",
                              "[host]:80", "[::1:80", ":99999999999"}) {
        INFO(wrong);
        CHECK(parts(wrong) == "malformed");
    }
}

TEST_CASE("a port that is in use is said to be") {
    const auto first = listen_on({.host = "127.0.0.1", .port = "0"});
    REQUIRE(first);
    const std::string where = address_of(first->get());
    CHECK(where.starts_with("127.0.0.1:"));
    const auto second = listen_on(*parse_address(where));
    REQUIRE(!second);
    CHECK(second.error().kind == ErrorKind::busy);
    CHECK(second.error().message ==
          "cannot listen on " + where + ": the port is in use; choose another: --web.listen-address");
}

TEST_CASE("an address that this host does not have is named") {
    const auto foreign = listen_on({.host = "192.0.2.1", .port = "0"});
    REQUIRE(!foreign);
    CHECK(foreign.error().message.contains("192.0.2.1:0"));
    CHECK(!listen_on({.host = "no-such-host.invalid", .port = "0"}));
}

TEST_CASE("every address of the host is one socket") {
    const auto all = listen_on({.host = "", .port = "0"});
    REQUIRE(all);
    CHECK(!address_of(all->get()).ends_with(":0"));
}
