// Which of several -c are one host.
#include "top/source/wanted_host.h"

#include <doctest/doctest.h>

#include "top/source/scene_source.h"

using namespace virtscope;
using namespace virtscope::top;

TEST_CASE("paths, URIs of this machine and of others") {
    const auto hosts = wanted_hosts({"/var/lib/virtscope/ring", "./inc ident.rec", "file:///tmp/r=1", "kvm:///",
                                     "qemu+ssh://root@h7/system", "qemu:///system", "test:///default?guests=3",
                                     "qemu+unix:///system?socket=/run/other"});
    REQUIRE(hosts.size() == 5);
    CHECK(hosts[0].path == "/var/lib/virtscope/ring");
    CHECK(hosts[0].name == "ring");
    CHECK(hosts[1].path == "./inc ident.rec");
    CHECK(hosts[2].path == "/tmp/r=1");
    CHECK(hosts[3].uris.size() == 4);
    CHECK_FALSE(hosts[3].is_elsewhere);
    CHECK(hosts[4].uris.front() == "qemu+ssh://root@h7/system");
    CHECK(hosts[4].is_elsewhere);
    CHECK(hosts[4].name == "h7");
}

TEST_CASE("what has a label is a host of its own") {
    const auto hosts = wanted_hosts(
        {"a=kvm:///", "b=test:///default?guests=1", "db=/run/ring", "kvm:///", "x=qemu+ssh://h/system", "we\033b=/r"});
    REQUIRE(hosts.size() == 6);
    CHECK(hosts[0].label == "a");
    CHECK(hosts[1].label == "b");
    CHECK(hosts[1].uris.front() == "test:///default?guests=1");
    CHECK(hosts[2].label == "db");
    CHECK(hosts[2].path == "/run/ring");
    CHECK(hosts[3].label.empty());
    CHECK(hosts[4].is_elsewhere);
    CHECK(hosts[5].label == "we?b");
}

TEST_CASE("a URI that is none is refused at once and named, among others too") {
    SourceOptions options{.uris = {"test:///default?guests=1", "nonsense"}};
    auto refused = choose_scene_source(options);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.starts_with("nonsense: no driver for this URI"));
    options.uris = {"/nowhere/ring", "qmu+ssh://h7/system"};
    refused = choose_scene_source(options);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.starts_with("qmu+ssh://h7/system: no driver for this URI"));
    options.uris = {"/nowhere/ring"};
    CHECK_FALSE(choose_scene_source(options));
}

TEST_CASE("several hosts, one of them unreachable") {
    SourceOptions options{.uris = {"a=test:///default?guests=2", "/nowhere/ring", "qemu+tcp://127.0.0.1:1/system"}};
    options.is_printed = true;
    const auto source = choose_scene_source(options);
    REQUIRE(source);
    const auto scene = (*source)->look(std::chrono::seconds(1));
    REQUIRE(scene);
    REQUIRE(scene->hosts.size() == 3);
    CHECK(scene->hosts[0].label == "a");
    CHECK(scene->hosts[0].picture.frame().roster->guests.size() == 2);
    CHECK_FALSE(scene->hosts[1].is_known());
    CHECK(scene->hosts[1].trouble.find("/nowhere/ring") != std::string::npos);
    CHECK(scene->hosts[1].trouble.find("; tried again in ") != std::string::npos);
    CHECK_FALSE(scene->hosts[2].is_known());
    CHECK(scene->hosts[2].trouble.starts_with("qemu+tcp://127.0.0.1:1/system: "));

    options.uris = {"/nowhere/a", "/nowhere/b"};
    const auto none = choose_scene_source(options);
    REQUIRE(none);
    const auto failed = (*none)->look(std::chrono::seconds(1));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().message.starts_with("none of 2 hosts can be reached: "));
    CHECK(failed.error().message.find("/nowhere/b") != std::string::npos);
}
