#include "exporters/prometheus/site.h"

#include <doctest/doctest.h>

#include "core/freshness.h"
#include "tests/core/tape.h"
#include "tests/exporters/exposition.h"
#include "tests/exporters/inflate.h"

using namespace virtscope;
using namespace virtscope::exporters;

namespace {

Question get(std::string_view path, std::string_view accept = {}, std::string_view encoding = {}) {
    return {.method = "GET", .path = path, .accept = accept, .accept_encoding = encoding};
}

// A ring with a frame of this moment.
class Scene {
public:
    Scene() : writer_(std::move(*RingWriter::open(ring(), 1 << 20))) {
        const Now now = read_now();
        const auto roster = sample::changed(sample::roster(2), [&](Roster& all) { all.host.boot_id = now.boot_id; });
        Frame frame;
        frame.realtime = now.realtime;
        frame.monotonic = now.monotonic;
        frame.reset(roster);
        frame.set(0, AgentMetric::tick_interval, 600 * sample::second);
        frame.set(0, HostMetric::cpus, 4);
        REQUIRE(writer_.publish(frame));
    }
    std::string ring() const { return folder_.file("ring"); }

private:
    sample::Directory folder_;
    RingWriter writer_;
};

}  // namespace

TEST_CASE("metrics come in the format and encoding that the client takes") {
    const Scene scene;
    Site site({.ring = scene.ring(), .filter = {}}, "/metrics", 4);
    for (const bool open : {false, true}) {
        for (const bool packed : {false, true}) {
            Reply reply =
                site.answer(get("/metrics", open ? "application/openmetrics-text" : "", packed ? "gzip" : ""));
            CHECK(reply.status == 200);
            CHECK(reply.gzip == packed);
            CHECK(reply.type == (open ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                      : "text/plain; version=0.0.4; charset=utf-8"));
            REQUIRE(reply.page);
            const std::string text = packed ? inflate(reply.page->view()) : std::string(reply.page->view());
            const Exposition page = Exposition::parse(text, open ? Format::openmetrics : Format::classic);
            CHECK(page.value("virt_up") == "1");
            CHECK(page.value("virt_host_cpus") == "4");
            site.done(std::move(reply));
        }
    }
}

TEST_CASE("other paths and methods") {
    const Scene scene;
    Site site({.ring = scene.ring(), .filter = {}}, "/m", 4);
    CHECK(site.answer(get("/metrics")).status == 404);
    CHECK(site.answer(get("/metrics")).text.contains("/m"));
    CHECK(site.answer(get("/-/healthy")).status == 200);
    CHECK(site.answer(get("/-/ready")).status == 200);
    CHECK(site.answer({.method = "POST", .path = "/m", .accept = {}, .accept_encoding = {}}).status == 405);
    CHECK(site.answer(get("/")).text.contains("<a href=\"/m\">"));
    CHECK(site.answer(get("/")).text.contains("up: the newest sample is"));
    CHECK(site.answer({.method = "HEAD", .path = "/m", .accept = {}, .accept_encoding = {}}).status == 200);
}

TEST_CASE("without an agent the exporter is healthy and not ready, and says why without harm to a browser") {
    Site site({.ring = "/nonexistent/<b>&\"'\x1b", .filter = {}}, "/metrics", 4);
    CHECK(site.answer(get("/-/healthy")).status == 200);
    const Reply ready = site.answer(get("/-/ready"));
    CHECK(ready.status == 503);
    CHECK(ready.text.starts_with("down: "));
    CHECK(!ready.text.contains('\x1b'));
    const Reply landing = site.answer(get("/"));
    CHECK(landing.status == 200);
    CHECK(landing.text.contains("/nonexistent/&lt;b&gt;&amp;&quot;&#39;?"));
    CHECK(!landing.text.contains("<b>"));
}

TEST_CASE("pages on their way are bounded") {
    const Scene scene;
    Site site({.ring = scene.ring(), .filter = {}}, "/metrics", 2);
    for (int round = 0; round < 3; ++round) {
        Reply first = site.answer(get("/metrics"));
        Reply second = site.answer(get("/metrics", "", "gzip"));
        Reply third = site.answer(get("/metrics"));
        CHECK(third.status == 503);
        CHECK(site.answer(get("/-/healthy")).status == 200);
        site.done(std::move(third));
        site.done(std::move(second));
        Reply fourth = site.answer(get("/metrics"));
        CHECK(fourth.status == 200);
        site.done(std::move(fourth));
        site.done(std::move(first));
    }
}

TEST_CASE("a page's memory is used again; what is sent packed is another") {
    const Scene scene;
    Site site({.ring = scene.ring(), .filter = {}}, "/metrics", 2);
    Reply first = site.answer(get("/metrics"));
    const char* const memory = first.page->data();
    site.done(std::move(first));
    for (int i = 0; i < 6; ++i) {
        Reply again = site.answer(get("/metrics", "", i % 2 == 0 ? "gzip" : ""));
        REQUIRE(again.status == 200);
        CHECK((again.page->data() == memory) != again.gzip);
        site.done(std::move(again));
    }
}
