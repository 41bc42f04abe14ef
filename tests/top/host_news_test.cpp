// What is said and printed of several hosts.
#include "top/print/host_news.h"

#include <doctest/doctest.h>

#include "builder.h"
#include "top/print/csv.h"
#include "top/print/stream.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

TEST_CASE("the trouble of each of several hosts is told once, and its end") {
    Scene scene;
    scene.hosts = {Host{.label = "a"}, Host{.label = "b", .trouble = "b: refused; tried again in 2 s"}};
    HostNews news;
    CHECK(news.since(scene) == std::vector<std::string>{"b: b: refused; tried again in 2 s"});
    scene.hosts[1].trouble = "b: refused; tried again in 1 s";
    CHECK(news.since(scene).empty());
    scene.hosts[1].trouble.clear();
    CHECK(news.since(scene) == std::vector<std::string>{"b: is there again"});
    scene.hosts[0] = Host{.label = "a", .trouble = "no answer yet", .is_awaited = true};
    CHECK(news.since(scene).empty());
}

TEST_CASE("lines and tables of several hosts have their labels") {
    Host host = scene_of(many(1).picture()).hosts.front();
    CHECK(csv_row(host, {}, {}).starts_with("vm,"));
    host.label = "vm#2";
    CHECK(csv_row(host, {}, {}).starts_with("vm#2,"));
    CHECK(stream_text(host, false, {}).find(" Host vm#2 ") != std::string::npos);
    host.label = "a,b";
    CHECK(csv_row(host, {}, {}).starts_with("\"a,b\","));
}
