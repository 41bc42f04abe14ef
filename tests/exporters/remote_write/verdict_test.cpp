#include "exporters/remote_write/verdict.h"

#include <doctest/doctest.h>

using namespace virtscope::exporters::remote_write;
using namespace std::chrono_literals;

TEST_CASE("which answers mean what") {
    for (const long status : {200L, 202L, 204L}) CHECK(judge(status, "", {}).verdict == Verdict::accepted);
    for (const long status : {400L, 405L, 409L, 413L, 422L}) CHECK(judge(status, "", {}).verdict == Verdict::refused);
    for (const long status : {0L, 302L, 401L, 403L, 404L, 407L, 408L, 429L, 500L, 502L, 503L, 504L})
        CHECK(judge(status, "", {}).verdict == Verdict::later);
    CHECK(judge(429, "", 7s).retry_after == 7s);
}

TEST_CASE("a receiver's words are one short harmless line") {
    const Answer answer = judge(400, "bad\x1b[31m\nthing\xff" + std::string(10'000, 'x'), {});
    CHECK(answer.what.starts_with("HTTP 400: bad?[31m?thing?xxx"));
    CHECK(answer.what.size() < 250);
    CHECK(judge(503, "\r\n", {}).what == "HTTP 503");
}

TEST_CASE("waits double up to half a minute, each shortened at random by up to a half") {
    Backoff backoff(1);
    std::chrono::nanoseconds whole = 500ms;
    for (int i = 0; i < 12; ++i) {
        const auto wait = backoff.next({});
        CHECK(wait >= whole / 2);
        CHECK(wait <= whole);
        whole = std::min<std::chrono::nanoseconds>(whole * 2, 30s);
    }
    backoff.reset();
    CHECK(backoff.next({}) <= 500ms);
    CHECK(Backoff(1).next({}) != Backoff(2).next({}));
}

TEST_CASE("the receiver's wish is granted, within reason, and never shortens a wait") {
    Backoff backoff(1);
    CHECK(backoff.next(20s) == 20s);
    CHECK(backoff.next(86'400s) == 1h);
    for (int i = 0; i < 10; ++i) backoff.next({});
    CHECK(backoff.next(1s) >= 15s);
}
