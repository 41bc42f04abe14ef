#include "exporters/prometheus/negotiation.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace virtscope::exporters;

namespace {

bool is_open(std::string_view accept) { return wanted_format(accept) == Format::openmetrics; }

}  // namespace

TEST_CASE("OpenMetrics is for who takes it") {
    CHECK(is_open("application/openmetrics-text; version=1.0.0"));
    CHECK(is_open("application/openmetrics-text"));
    // Prometheus 2.42, then 3.x
    CHECK(
        is_open("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/"
                "plain;version=0.0.4;q=0.5,*/*;q=0.1"));
    CHECK(
        is_open("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/"
                "plain;version=0.0.4;q=0.2,*/*;q=0.1"));
    CHECK(is_open("Application/OpenMetrics-Text ; Q=0.9 , text/plain;q=0.5"));
}

TEST_CASE("everybody else gets the classic format") {
    for (const char* accept :
         {"", "*/*", "text/plain", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json",
          ";;;,,=", "application/openmetrics-text;version=0.0.1", "application/openmetrics-text;q=0",
          "application/openmetrics-text;q=x", "application/openmetrics-text;q=nan",
          "text/plain;version=0.0.4;q=0.9,application/openmetrics-text;q=0.4"}) {
        INFO(accept);
        CHECK(!is_open(accept));
    }
}

TEST_CASE("gzip is for who takes it") {
    for (const char* accept : {"gzip", "deflate, gzip;q=1.0, *;q=0.5", "GZIP", "x-gzip", "*", "br , gzip"}) {
        INFO(accept);
        CHECK(takes_gzip(accept));
    }
    for (const char* accept : {"", "identity", "gzip;q=0", "gzip; q=0.000, *", "deflate", "*;q=0", "gzipped"}) {
        INFO(accept);
        CHECK(!takes_gzip(accept));
    }
}

TEST_CASE("headers of any bytes are read to their end") {
    std::mt19937 random(7);
    static constexpr std::string_view pieces = "application/openmetrics-text;q=0.5,version=1. *\t\xff";
    for (int i = 0; i < 20'000; ++i) {
        std::string header;
        for (std::size_t length = random() % 80; length > 0; --length) header += pieces[random() % pieces.size()];
        (void)wanted_format(header);
        (void)takes_gzip(header);
    }
    CHECK(!is_open(std::string(1'000'000, ',')));
}
