#include <doctest/doctest.h>

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "drivers/xen/store_link.h"
#include "fake_wire.h"

using namespace virtscope;
using namespace virtscope::xen;
using namespace std::chrono_literals;

namespace {

// A device that hands on bytes as they are: the other end of a terminal line that does nothing to them.
struct Device {
    Device() : far(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
        REQUIRE(::grantpt(far.get()) == 0);
        REQUIRE(::unlockpt(far.get()) == 0);
        path = ::ptsname(far.get());
        held = Fd(::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
        termios line{};
        REQUIRE(::tcgetattr(held.get(), &line) == 0);
        ::cfmakeraw(&line);
        REQUIRE(::tcsetattr(held.get(), TCSANOW, &line) == 0);
    }
    Fd far;
    Fd held;
    std::string path;
};

}  // namespace

TEST_CASE("xen store place: a device is spoken to as a socket is") {
    const Device device;
    const std::vector<std::string> places{"/nowhere/socket", device.path};
    auto socket = open_store_socket(places);
    REQUIRE(socket);
    CHECK_FALSE(socket->is_socket);
    StoreLink link(std::move(*socket), {20s, -1, [](std::string_view) {}});
    std::string answer;
    test::add_message(answer, {2, 1, 0, 0}, "value");
    REQUIRE(::write(device.far.get(), answer.data(), answer.size()) == static_cast<ssize_t>(answer.size()));
    const std::vector<std::string> paths{"/a"};
    CHECK(link.read(paths)[0] == "value");
    std::string asked(100, '\0');
    const ssize_t got = ::read(device.far.get(), asked.data(), asked.size());
    REQUIRE(got > 0);
    CHECK(asked.substr(0, static_cast<std::size_t>(got)) == question(MessageType::read, 1, {"/a"}));
    CHECK_FALSE(link.is_broken());
}

TEST_CASE("xen store place: a socket nobody listens at, and one whose queue is full") {
    const auto folder = std::filesystem::temp_directory_path() / ("store-place-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = (folder / "socket").string();
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(listener.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address) == 0);
    const std::vector<std::string> places{path, "/nowhere/device"};
    const auto refused = open_store_socket(places);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("Connection refused") != std::string::npos);
    REQUIRE(::listen(listener.get(), 0) == 0);
    const auto first = open_store_socket(places);
    CHECK(first);
    const auto second = open_store_socket(places);
    REQUIRE_FALSE(second);
    CHECK(second.error().message == "xenstored takes no connections at " + path + " (see systemctl status xenstored)");
    std::filesystem::remove_all(folder);
}

TEST_CASE("xen store place: XENSTORED_PATH names it, and usual places where it does not") {
    const char* const before = std::getenv("XENSTORED_PATH");
    const std::string kept = before != nullptr ? before : "";
    ::setenv("XENSTORED_PATH", "/somewhere", 1);
    CHECK(store_places() == std::vector<std::string>{"/somewhere"});
    ::unsetenv("XENSTORED_PATH");
    CHECK(store_places() == std::vector<std::string>{"/run/xenstored/socket", "/var/run/xenstored/socket", "/dev/xen/xenbus"});
    if (before != nullptr) ::setenv("XENSTORED_PATH", kept.c_str(), 1);
    const std::vector<std::string> longer{std::string(500, 'x')};
    CHECK_FALSE(open_store_socket(longer));
}
