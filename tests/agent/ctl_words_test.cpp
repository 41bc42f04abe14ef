#include <fstream>

#include <doctest/doctest.h>

#include "agent/ctl/order_input.h"
#include "agent/ctl/order_verbs.h"
#include "tests/core/sample.h"

using namespace virtscope;

namespace {

// As main() has it: the words, or nothing if they cannot be parsed.
std::optional<OrderWords> words_of(std::vector<std::string> line) {
    CLI::App app{"", "virtscope"};
    app.require_subcommand(1);
    OrderWords words;
    declare_order_verbs(app, words);
    std::ranges::reverse(line);
    try {
        app.parse(line);
    } catch (const CLI::ParseError&) {
        return std::nullopt;
    }
    return words;
}

Result<OrderRequest> request_of(const std::vector<std::string>& line) {
    const auto words = words_of(line);
    REQUIRE(words);
    return order_of(*words);
}

ErrorKind error_of(const std::vector<std::string>& line) {
    const auto request = request_of(line);
    REQUIRE_FALSE(request);
    return request.error().kind;
}

}  // namespace

TEST_CASE("--wait alone has a time of its own and takes no word from the guest") {
    const auto request = request_of({"shutdown", "--wait", "web01", "--mode", "agent"});
    REQUIRE(request);
    CHECK(request->wish.guest == "web01");
    CHECK(request->wish.order.mode == "agent");
    CHECK(request->wait == std::chrono::seconds(10));
    CHECK(request_of({"start", "web01", "--wait=1min"})->wait == std::chrono::seconds(60));
    CHECK_FALSE(request_of({"start", "web01"})->wait);
    CHECK(request_of({"shutdown", "web01", "--escalate"})->wait == std::chrono::seconds(10));
    CHECK(error_of({"start", "web01", "--wait=0s"}) == ErrorKind::malformed);
    CHECK(error_of({"start", "web01", "--timeout", "5"}) == ErrorKind::malformed);
}

TEST_CASE("sizes need a unit, numbers are numbers") {
    CHECK(request_of({"setmem", "web01", "512MiB"})->wish.order.bytes == 512U << 20);
    CHECK(error_of({"setmem", "web01", "512"}) == ErrorKind::malformed);
    CHECK(error_of({"setmem", "web01", "0MiB"}) == ErrorKind::malformed);
    CHECK(request_of({"setvcpus", "web01", "4"})->wish.order.count == 4);
    for (const char* count : {"0", "4x", "", "99999999999"})
        CHECK(error_of({"setvcpus", "web01", count}) == ErrorKind::malformed);
    CHECK(error_of({"start", ""}) == ErrorKind::malformed);
}

TEST_CASE("media as virsh writes them") {
    const sample::Directory directory;
    const std::string image = directory.path() + "/a.iso";
    const auto order_in = [](const std::vector<std::string>& line) { return request_of(line)->wish.order; };
    CHECK(order_in({"change-media", "web01", image}).device.empty());
    CHECK(order_in({"change-media", "web01", image}).verb == Verb::change_media);
    CHECK(order_in({"change-media", "web01", "hdc", image}).device == "hdc");
    CHECK(order_in({"change-media", "web01", "hdc", image, "--insert"}).path.ends_with("/a.iso"));
    CHECK(order_in({"change-media", "web01", "hdc", "--source", image}).device == "hdc");
    CHECK(order_in({"change-media", "web01", "hdc", "--eject"}).verb == Verb::eject);
    CHECK(order_in({"change-media", "web01", "--eject"}).device.empty());
    CHECK(error_of({"change-media", "web01"}) == ErrorKind::malformed);
    CHECK(error_of({"change-media", "web01", "hdc", image, "--eject"}) == ErrorKind::malformed);
    CHECK_FALSE(words_of({"change-media", "web01", "hdc", "--eject", "--insert"}));
}

TEST_CASE("files are read here and paths made absolute") {
    const sample::Directory directory;
    const std::string file = directory.path() + "/a.xml";
    std::ofstream(file) << "<domain/>";
    CHECK(request_of({"define", file})->wish.order.text == "<domain/>");
    const auto deploy = request_of({"deploy", file, "--name", "copy"});
    REQUIRE(deploy);
    CHECK(deploy->wish.order.path.starts_with('/'));
    CHECK(deploy->wish.order.name == "copy");
    CHECK(error_of({"define", directory.path() + "/none.xml"}) == ErrorKind::absent);
    std::ofstream(file).close();
    CHECK(error_of({"define", file}) == ErrorKind::malformed);
    std::ofstream(file) << std::string(longest_xml + 1, ' ');
    CHECK(error_of({"define", file}) == ErrorKind::malformed);
    CHECK(request_of({"save", "web01", "web01.save"})->wish.order.path.starts_with('/'));
    CHECK(error_of({"save", "web01", directory.path() + "/none/x"}) == ErrorKind::absent);
    CHECK(error_of({"save", "web01", directory.path() + "/"}) == ErrorKind::malformed);
}

TEST_CASE("what the wire cannot carry is refused before") {
    control::Wish wish;
    wish.guest = "a\xff";
    CHECK_FALSE(check_sendable(wish));
    wish.guest = "a";
    CHECK(check_sendable(wish));
    wish.order.text = std::string(longest_xml, '"');
    CHECK_FALSE(check_sendable(wish));
}

TEST_CASE("the socket is beside a ring that is named") {
    CHECK(request_of({"start", "web01", "--ring", "/tmp/r"})->control == "/tmp/r.control");
    CHECK(request_of({"start", "web01", "--control", "/tmp/c"})->control == "/tmp/c");
}

TEST_CASE("every verb has a command") {
    for (std::size_t v = 0; v < verb_count; ++v) {
        const auto words = words_of({std::string(verb_name(static_cast<Verb>(v))), "--help"});
        CHECK_FALSE(words);  // help ends the parsing
        CLI::App app;
        OrderWords none;
        declare_order_verbs(app, none);
        CHECK_NOTHROW(app.get_subcommand(std::string(verb_name(static_cast<Verb>(v)))));
    }
    CHECK_FALSE(words_of({"explode", "web01"}));
}
