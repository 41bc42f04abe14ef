#include <doctest/doctest.h>

#include "orders/wire.h"

using namespace virtscope;
using namespace virtscope::control;

TEST_CASE("an order survives the wire with every field") {
    Wish wish;
    wish.guest = "web \"01\"\n\xE2\x82\xAC";
    wish.driver = "qemu";
    wish.timeout = std::chrono::milliseconds(1234);
    wish.order.verb = Verb::change_media;
    wish.order.mode = "acpi";
    wish.order.device = "hdc";
    wish.order.path = "/srv/a b.iso";
    wish.order.text = "<domain>\n</domain>";
    wish.order.name = "copy";
    wish.order.bytes = ~0ULL;
    wish.order.count = 64;
    wish.order.disable = wish.order.paused = wish.order.force = wish.order.dry_run = true;
    const std::string line = wish_line(wish);
    CHECK(line.find('\n') == std::string::npos);
    const auto back = parse_wish(line);
    REQUIRE(back);
    CHECK(wish_line(*back) == line);
    CHECK(back->guest == wish.guest);
    CHECK(back->order.verb == Verb::change_media);
    CHECK(back->order.bytes == ~0ULL);
    CHECK(back->order.count == 64);
    CHECK(back->timeout == wish.timeout);
}

TEST_CASE("every verb and outcome has a name of its own") {
    for (std::size_t v = 0; v < verb_count; ++v) {
        Wish wish;
        wish.order.verb = static_cast<Verb>(v);
        const auto back = parse_wish(wish_line(wish));
        REQUIRE(back);
        CHECK(back->order.verb == wish.order.verb);
    }
    for (std::size_t o = 0; o < outcome_count; ++o) {
        const auto outcome = static_cast<Outcome>(o);
        CHECK(outcome_named(outcome_name(outcome)) == outcome);
    }
    CHECK_FALSE(outcome_named("fine"));
    CHECK(outcome_of(ErrorKind::absent) == Outcome::not_found);
    CHECK(outcome_of(ErrorKind::system) == Outcome::failed);
}

TEST_CASE("a short order has the usual deadline") {
    const auto wish = parse_wish(R"({"verb":"start","guest":"a"})");
    REQUIRE(wish);
    CHECK(wish->timeout == std::chrono::seconds(10));
}

TEST_CASE("what is no order is refused and named") {
    const auto refused = [](std::string_view line, std::string_view why) {
        const auto wish = parse_wish(line);
        REQUIRE_FALSE(wish);
        CHECK(wish.error().kind == ErrorKind::malformed);
        CHECK_MESSAGE(wish.error().message.find(why) != std::string::npos, wish.error().message);
    };
    refused("", "order");
    refused("[]", "list");
    refused("7", "object");
    refused("{\"verb\":\"start\"", "JSON");
    refused(R"({"guest":"a"})", "verb");
    refused(R"({"verb":"explode"})", "explode");
    refused(R"({"verb":"start","colour":"red"})", "colour");
    refused(R"({"verb":"start","guest":7})", "guest");
    refused(R"({"verb":"start","guest":null})", "guest");
    refused(R"({"verb":"start","paused":"yes"})", "paused");
    refused(R"({"verb":"start","guest":"a","guest":"b"})", "twice");
    refused(R"({"verb":"setmem","bytes":-1})", "negative");
    refused(R"({"verb":"setmem","bytes":1.5})", "whole");
    refused(R"({"verb":"setvcpus","count":4294967296})", "count");
    refused(R"({"verb":"start","timeout_ms":86400001})", "timeout_ms");
    refused(R"({"verb":"start","guest":"a\u0000b"})", "NUL");
    refused("{\"verb\":\"start\",\"guest\":\"\xff\"}", "JSON");
    refused(R"({"verb":"start","guest":{"a":{"b":1}}})", "deep");
    refused(std::string(100'000, '{'), "JSON");
    refused(std::string(longest_line + 1, ' '), "longer");
}

TEST_CASE("an answer survives the wire") {
    Reply reply{.outcome = Outcome::ambiguous,
                .text = "a\nb",
                .error = "two are named so",
                .guest = *Uuid::parse("01234567-89ab-cdef-0123-456789abcdef"),
                .name = "web01",
                .id = "12-7"};
    const auto back = parse_reply(reply_line(reply));
    REQUIRE(back);
    CHECK(reply_line(*back) == reply_line(reply));
    CHECK(back->guest == reply.guest);
    CHECK(back->text == "a\nb");
    CHECK_FALSE(parse_reply(R"({"result":"fine"})"));
    CHECK_FALSE(parse_reply(R"({"text":"x"})"));
    CHECK_FALSE(parse_reply(R"({"result":"done","uuid":"7"})"));
    CHECK_FALSE(parse_reply(progress_line(1, 2)));
}

TEST_CASE("progress is told from an answer") {
    const auto progress = parse_progress(progress_line(1, 1ULL << 40));
    REQUIRE(progress);
    CHECK(progress->done == 1);
    CHECK(progress->total == 1ULL << 40);
    CHECK_FALSE(parse_progress(reply_line({})));
    CHECK_FALSE(parse_progress(R"({"progress":{"done":1,"more":2}})"));
    CHECK_FALSE(parse_progress("{"));
}
