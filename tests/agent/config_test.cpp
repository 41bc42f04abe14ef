#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

#include "agent/config.h"

using namespace virtscope;
using namespace std::chrono_literals;

namespace {

// A configuration file that goes with the scope.
class File {
public:
    explicit File(const std::string& text) {
        char path[] = "/tmp/virtscope-config-XXXXXX";
        const int fd = ::mkstemp(path);
        REQUIRE(fd >= 0);
        ::close(fd);
        path_ = path;
        std::ofstream(path_) << text;
    }
    ~File() { std::filesystem::remove(path_); }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

std::string error_of(const std::string& text) {
    const File file(text);
    const auto config = load_config(file.path());
    REQUIRE_FALSE(config.has_value());
    CHECK(config.error().message.find('\n') == std::string::npos);
    CHECK(config.error().message.find(file.path()) == 0);
    return config.error().message.substr(file.path().size());
}

}  // namespace

TEST_CASE("an empty file is the defaults") {
    const File file("");
    const auto config = load_config(file.path());
    REQUIRE(config.has_value());
    CHECK(config->interval == 1s);
    CHECK(config->connect.empty());
    CHECK(config->ring_bytes == 64ULL << 20);
    CHECK(config->drivers.monitor_deadline == 250ms);
}

// A reader of the ring, as monitors and exporters are, must not be able to end a guest.
TEST_CASE("orders are not for the ring's group unless the file says so") {
    CHECK(load_config(File("").path())->control_group == "virtscope-admin");
    CHECK(load_config(File("[control]\ngroup = \"operators\"\n").path())->control_group == "operators");
    CHECK(error_of("[control]\ngroup = \"\"\n").find("must be the name of a group") != std::string::npos);
}

TEST_CASE("every documented key is read") {
    const File file(R"(
interval = "500ms"
connect = ["kvm:///", "test:///default?guests=3"]
[ring]
file = "/run/x/ring"
size = "16MiB"
[monitor]
enabled = false
deadline = "100ms"
slow_interval = "10s"
probe_interval = "20s"
balloon_polling = "5s"
[discovery]
scan_interval = "4s"
[guest_agent]
enabled = true
interval = "90s"
)");
    const auto config = load_config(file.path());
    REQUIRE(config.has_value());
    CHECK(config->interval == 500ms);
    CHECK(config->connect == std::vector<std::string>{"kvm:///", "test:///default?guests=3"});
    CHECK(config->ring_file == "/run/x/ring");
    CHECK(config->ring_bytes == 16ULL << 20);
    CHECK_FALSE(config->drivers.use_monitors);
    CHECK(config->drivers.monitor_deadline == 100ms);
    CHECK(config->drivers.slow_interval == 10s);
    CHECK(config->drivers.probe_interval == 20s);
    CHECK(config->drivers.balloon_polling == 5s);
    CHECK(config->drivers.scan_interval == 4s);
    CHECK(config->drivers.guest_agent);
    CHECK(config->drivers.guest_agent_interval == 90s);
}

TEST_CASE("an error names file, line and key, and says what is accepted") {
    CHECK(error_of("interval = 5\n") == ":1: interval: must be a duration in quotes, as in \"1s\"");
    CHECK(error_of("\ninterval = \"1 fortnight\"\n").find(":2: interval: '1 fortnight' is no duration") == 0);
    CHECK(error_of("interval = \"1ms\"\n").find(":1: interval: interval: must lie between 100ms and 1h") == 0);
    CHECK(error_of("[ring]\nfile = \"ring\"\n") == ":2: ring.file: must be an absolute path in quotes");
    CHECK(error_of("[ring]\nsize = \"64\"\n").find(":2: ring.size: '64' is no size") == 0);
    CHECK(error_of("connect = \"kvm:///\"\n").find(":1: connect: must be a list of URIs") == 0);
    CHECK(error_of("connect = [1]\n").find(":1: connect: must hold nothing but URIs") == 0);
    CHECK(error_of("[monitor]\nenabled = \"yes\"\n") == ":2: monitor.enabled: must be true or false");
    CHECK(error_of("[guest_agent]\ninterval = \"4s\"\n") == ":2: guest_agent.interval: must lie between 5s and 1h");
    CHECK(error_of("[guest_agent]\ninterval = \"2h\"\n") == ":2: guest_agent.interval: must lie between 5s and 1h");
    CHECK(error_of("[monitor]\ndeadline = \"1ms\"\n").find(":2: monitor.deadline: must be at least") == 0);
}

TEST_CASE("an unknown key is an error that lists the known ones") {
    const std::string message = error_of("[monitor]\ndeadlin = \"1s\"\n");
    CHECK(message.find(":2: unknown key 'monitor.deadlin'; known are ") == 0);
    CHECK(message.find("monitor.deadline") != std::string::npos);
    CHECK(error_of("intervall = \"1s\"\n").find(":1: unknown key 'intervall'") == 0);
}

TEST_CASE("broken TOML names the line") {
    CHECK(error_of("interval = \"1s\"\n[ring\n").find(":2:") == 0);
    CHECK(error_of("\x1b[31m = 1\n").find('\x1b') == std::string::npos);
}

TEST_CASE("a file that is not there is told apart") {
    const auto config = load_config("/nonexistent/virtscope.toml");
    REQUIRE_FALSE(config.has_value());
    CHECK(config.error().kind == ErrorKind::absent);
    CHECK(config.error().message == "/nonexistent/virtscope.toml: cannot read the configuration: No such file or directory");
}
