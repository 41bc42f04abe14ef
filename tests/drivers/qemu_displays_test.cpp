// Displays as command lines have them, of people and of managers.
#include "drivers/qemu/displays.h"

#include <string>

#include <doctest/doctest.h>

#include "drivers/loopback.h"

using namespace virtscope;
using namespace virtscope::qemu;

namespace {

std::vector<DisplayPlace> displays(std::initializer_list<std::string_view> arguments) {
    std::string cmdline = std::string("qemu-system-x86_64") + '\0';
    for (const std::string_view argument : arguments) (cmdline += argument) += '\0';
    return displays_of(parse_command_line(cmdline));
}

DisplayPlace only(std::initializer_list<std::string_view> arguments) {
    const auto found = displays(arguments);
    REQUIRE(found.size() == 1);
    return found.front();
}

// "vnc 127.0.0.1:5900 port 5900 exposed tls password", as far as it is so.
std::string told(const DisplayPlace& display) {
    std::string text = display.name + " " + display.source;
    if (display.port) text += " port " + std::to_string(*display.port);
    if (display.exposed) text += " exposed";
    if (display.tls.value()) text += " tls";
    if (display.password.value()) text += " password";
    return text;
}

std::string vnc(std::string_view value) { return told(only({"-vnc", value})); }
std::string spice(std::string_view value) { return told(only({"-spice", value})); }

}  // namespace

TEST_CASE("addresses of this host alone") {
    for (const char* host : {"127.0.0.1", "127.1.2.3", "::1", "localhost", "::ffff:127.0.0.1", "::1%lo"}) {
        CAPTURE(host);
        CHECK(is_loopback_address(host));
    }
    for (const char* host : {"", "0.0.0.0", "::", "192.0.2.1", "127.0.0.1.example.org", "localhost.example.org", "myhost",
                             "fe80::1", "::ffff:192.0.2.1", "12700001"}) {
        CAPTURE(host);
        CHECK_FALSE(is_loopback_address(host));
    }
}

TEST_CASE("VNC: where it listens") {
    CHECK(vnc("127.0.0.1:0") == "vnc 127.0.0.1:5900 port 5900");
    CHECK(vnc("localhost:3") == "vnc localhost:5903 port 5903");
    CHECK(vnc(":1") == "vnc *:5901 port 5901 exposed");
    CHECK(vnc("0.0.0.0:1") == "vnc 0.0.0.0:5901 port 5901 exposed");
    CHECK(vnc("[::]:1") == "vnc [::]:5901 port 5901 exposed");
    CHECK(vnc("[::1]:1") == "vnc [::1]:5901 port 5901");
    CHECK(vnc("myhost:2") == "vnc myhost:5902 port 5902 exposed");
    CHECK(vnc("unix:/run/guest,,1.vnc") == "vnc /run/guest,1.vnc");
    CHECK(vnc("vnc=unix:/run/guest.vnc") == "vnc /run/guest.vnc");
    CHECK(vnc("0.0.0.0:0,to=99") == "vnc 0.0.0.0:5900-5999 exposed");
    CHECK(vnc(":70000") == "vnc *:? exposed");
    CHECK(told(only({"-display", "vnc=:0,password=on"})) == "vnc *:5900 port 5900 exposed password");
    CHECK(displays({"-vnc", "none"}).empty());
    CHECK(displays({"-vnc", "192.0.2.9:5500,reverse=on"}).empty());
    CHECK(displays({"-display", "gtk"}).empty());
    CHECK(displays({"-append", "-vnc", "-m", "16"}).empty());
}

TEST_CASE("VNC: what a client must do") {
    CHECK(vnc(":0,password=on") == "vnc *:5900 port 5900 exposed password");
    CHECK(vnc(":0,password") == "vnc *:5900 port 5900 exposed password");
    CHECK(vnc(":0,password=off") == "vnc *:5900 port 5900 exposed");
    CHECK(vnc(":0,password-secret=s0") == "vnc *:5900 port 5900 exposed password");
    CHECK(vnc(":0,sasl=on") == "vnc *:5900 port 5900 exposed password");
    CHECK(vnc(":0,tls") == "vnc *:5900 port 5900 exposed tls");
    CHECK(vnc(":0,tls,x509verify=/etc/pki") == "vnc *:5900 port 5900 exposed tls password");
    CHECK(vnc(":0,tls-creds=unknown") == "vnc *:5900 port 5900 exposed tls");
    const auto with = [](std::string_view object) { return told(only({"-object", object, "-vnc", ":0,tls-creds=t"})); };
    CHECK(with("tls-creds-x509,id=t,dir=/p,endpoint=server") == "vnc *:5900 port 5900 exposed tls password");
    CHECK(with("tls-creds-x509,id=t,dir=/p,endpoint=server,verify-peer=no") == "vnc *:5900 port 5900 exposed tls");
    CHECK(with("tls-creds-anon,id=t,endpoint=server") == "vnc *:5900 port 5900 exposed tls");
    // As libvirt writes it.
    CHECK(with(R"({"qom-type":"tls-creds-x509","id":"t","dir":"/p","endpoint":"server","verify-peer":false})") ==
          "vnc *:5900 port 5900 exposed tls");
    CHECK(with(R"({"qom-type":"tls-creds-x509","id":"t","dir":"/p","endpoint":"server","verify-peer":true})") ==
          "vnc *:5900 port 5900 exposed tls password");
}

TEST_CASE("VNC: a websocket is one more way in") {
    const auto same = displays({"-vnc", "127.0.0.1:4,websocket=on,password=on"});
    REQUIRE(same.size() == 2);
    CHECK(told(same[1]) == "vnc-websocket 127.0.0.1:5704 port 5704 password");
    const auto open = displays({"-vnc", "127.0.0.1:4,websocket=0.0.0.0:8080"});
    REQUIRE(open.size() == 2);
    CHECK(told(open[0]) == "vnc 127.0.0.1:5904 port 5904");
    CHECK(told(open[1]) == "vnc-websocket 0.0.0.0:8080 port 8080 exposed");
    // Beside a socket it has no address to take over: it listens everywhere.
    CHECK(told(displays({"-vnc", "unix:/a,websocket=5700"}).at(1)) == "vnc-websocket *:5700 port 5700 exposed");
    CHECK(displays({"-vnc", ":1,websocket=off"}).size() == 1);
}

TEST_CASE("SPICE: addresses, ports, tickets") {
    CHECK(spice("port=5900,addr=127.0.0.1,disable-ticketing=on,image-compression=off,seamless-migration=on") ==
          "spice 127.0.0.1:5900 port 5900");
    CHECK(spice("port=5900,disable-ticketing") == "spice *:5900 port 5900 exposed");
    CHECK(spice("port=5900,addr=0.0.0.0") == "spice 0.0.0.0:5900 port 5900 exposed password");
    CHECK(spice("port=5900,addr=::,disable-ticketing=on,sasl=on") == "spice [::]:5900 port 5900 exposed password");
    CHECK(spice("tls-port=5901,addr=0.0.0.0,x509-dir=/p,disable-ticketing=on") == "spice 0.0.0.0:5901 port 5901 exposed tls");
    // Whoever likes may come without TLS, unless every channel wants it.
    CHECK(spice("port=5900,tls-port=5901,tls-channel=main,password-secret=s") == "spice *:5900 port 5900 exposed password");
    CHECK(spice("port=5900,tls-port=5901,tls-channel=main,tls-channel=default") ==
          "spice *:5900 port 5900 exposed tls password");
    CHECK(spice("unix=on,addr=/run/s.sock,disable-ticketing=on") == "spice /run/s.sock");
    CHECK(displays({"-spice", "gl=on"}).empty());
}

TEST_CASE("displays: several, each by a name of its own, and not without end") {
    const auto some = displays({"-vnc", ":1", "-vnc", "127.0.0.1:2", "-spice", "port=5999,addr=::1"});
    REQUIRE(some.size() == 3);
    CHECK(some[0].name == "vnc");
    CHECK(some[1].name == "vnc2");
    CHECK(some[2].name == "spice");
    std::string many = std::string("qemu-system-x86_64") + '\0';
    for (int i = 0; i < 1000; ++i) (many += "-vnc") += std::string(1, '\0') + ":1" + '\0';
    CHECK(displays_of(parse_command_line(many)).size() == 16);
}
