// The agent's side of orders to Xen guests, against helpers that are shell scripts: what they say, and how they
// misbehave.
#include <sys/stat.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "drivers/xen/lifecycle.h"
#include "drivers/xen/lifecycle_helper.h"
#include "drivers/xen/lifecycle_wire.h"

using namespace virtscope;
using namespace virtscope::xen;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

namespace {

// A helper in a folder of its own; `body` runs with the order in $order.
struct Helper {
    explicit Helper(const std::string& body, const std::string& interpreter = "/bin/sh") {
        std::string name = "/tmp/xen-lifecycle-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder = name;
        path = folder + "/helper";
        std::ofstream(path) << "#!" << interpreter << "\ncat > \"$0.order\"\n" << body << "\n";
        REQUIRE(::chmod(path.c_str(), 0700) == 0);
    }
    ~Helper() {
        for (const char* const name : {"/helper", "/helper.order", "/pid"}) ::unlink((folder + name).c_str());
        ::rmdir(folder.c_str());
    }
    std::string order() const { return read(path + ".order"); }
    static std::string read(const std::string& file) {
        std::ostringstream text;
        text << std::ifstream(file).rdbuf();
        return text.str();
    }
    std::string folder, path;
};

struct Steps final : Progress {
    void at(std::uint64_t done, std::uint64_t total) override { seen.emplace_back(done, total); }
    std::vector<std::pair<std::uint64_t, std::uint64_t>> seen;
};

const Uuid some_uuid = *Uuid::parse("6b9c2f9e-0c0e-4b7c-9a55-3f1d9e0a7c11");

Order order_of(Verb verb, std::chrono::milliseconds patience = 10s) {
    Order order;
    order.verb = verb;
    order.target = {some_uuid, "web", 7, 42, GuestState::running};
    order.deadline = Steady::now() + patience;
    return order;
}

Result<Answer> give(const Helper& helper, const Order& order) {
    Steps steps;
    return make_xen_lifecycle(helper.path)->carry_out(order, steps);
}

std::string says(const std::string& line) { return "cat <<'END'\n" + line + "\nEND"; }

}  // namespace

TEST_CASE("xen lifecycle: the helper gets all of the order, and its answer is the order's") {
    const Helper helper(says(R"({"progress":[0,0]}
{"progress":[512,1024]}
{"answer":{"already":false,"text":"saved to /tmp/a \"b\"","guest":"00000000-0000-0000-0000-000000000000"}})"));
    Order order = order_of(Verb::save);
    order.path = "/tmp/a \"b\"";
    order.force = true;
    Steps steps;
    const auto answer = make_xen_lifecycle(helper.path)->carry_out(order, steps);
    REQUIRE(answer);
    CHECK(answer->text == "saved to /tmp/a \"b\"");
    CHECK_FALSE(answer->already);
    CHECK(answer->guest == some_uuid);
    CHECK(steps.seen == std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 0}, {512, 1024}});
    const auto got = read_order(helper.order());
    REQUIRE(got);
    CHECK(got->verb == Verb::save);
    CHECK(got->target.uuid == some_uuid);
    CHECK(got->target.local_id == 7);
    CHECK(got->target.name == "web");
    CHECK(got->path == order.path);
    CHECK(got->force);
    CHECK_FALSE(got->dry_run);
}

TEST_CASE("xen lifecycle: the guest that was made is the helper's to name") {
    const Helper helper(
        says(R"({"answer":{"already":false,"text":"made","guest":"6b9c2f9e-0c0e-4b7c-9a55-3f1d9e0a7c12"}})"));
    Order order = order_of(Verb::create);
    order.target = {};
    order.text = std::string(3 << 20, 'x');  // more than any pipe holds
    const auto answer = give(helper, order);
    REQUIRE(answer);
    CHECK(answer->guest.text() == "6b9c2f9e-0c0e-4b7c-9a55-3f1d9e0a7c12");
    const auto got = read_order(helper.order());
    REQUIRE(got);
    CHECK(got->text == order.text);
}

TEST_CASE("xen lifecycle: an error of the helper's keeps its kind, names the guest and is one line") {
    const Helper helper(says(R"({"error":{"kind":"busy","message":"is paused;\n\u001b[31mresume it"}})"));
    const auto answer = give(helper, order_of(Verb::shutdown));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::busy);
    CHECK(answer.error().message == "web: is paused;??[31mresume it");
}

TEST_CASE("xen lifecycle: a helper that is not there, may not run or lacks its library says what to do") {
    Steps steps;
    const auto missing = make_xen_lifecycle("/nonexistent/virtscope-libxl")->carry_out(order_of(Verb::destroy), steps);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind == ErrorKind::unsupported);
    CHECK(missing.error().message.find("build virtscope where libxen-dev is installed") != std::string::npos);
    const Helper library(
        "echo 'virtscope-libxl: error while loading shared libraries: libxenlight.so.4.17: cannot open' >&2; exit 127");
    const auto other = give(library, order_of(Verb::destroy));
    REQUIRE_FALSE(other);
    CHECK(other.error().kind == ErrorKind::unsupported);
    CHECK(other.error().message.find("libxenlight.so.4.17") != std::string::npos);
    CHECK(other.error().message.find("this host's libxen-dev") != std::string::npos);
    const Helper no_interpreter("", "/nonexistent/sh");
    const auto broken = give(no_interpreter, order_of(Verb::destroy));
    REQUIRE_FALSE(broken);
    CHECK(broken.error().kind == ErrorKind::unsupported);
}

TEST_CASE("xen lifecycle: a helper that dies is told with how, and with what it complained of") {
    const Helper killed("kill -SEGV $$");
    const auto signal = give(killed, order_of(Verb::destroy));
    REQUIRE_FALSE(signal);
    CHECK(signal.error().kind == ErrorKind::system);
    CHECK(signal.error().message.find("signal 11") != std::string::npos);
    CHECK(signal.error().message.find("whether it was done is not known") != std::string::npos);
    const Helper silent("echo 'free(): invalid pointer' >&2; exit 3");
    const auto exit = give(silent, order_of(Verb::destroy));
    REQUIRE_FALSE(exit);
    CHECK(exit.error().message.find("ended with 3 without an answer: free(): invalid pointer") != std::string::npos);
    const Helper loud("head -c 3000000 /dev/zero | tr '\\0' 'x' >&2; exit 1");
    CHECK(give(loud, order_of(Verb::destroy)).error().message.size() < 1000);
}

TEST_CASE("xen lifecycle: garbage, other JSON, binary and endless talk are errors, never an answer") {
    for (const std::string line :
         {"no json", "{}", "[]", R"({"answer":1})", R"({"error":{"kind":"sad","message":"x"}})", R"({"progress":[1]})",
          R"({"progress":[-1,2]})", R"({"answer")"}) {
        CAPTURE(line);
        const auto answer = give(Helper(says(line)), order_of(Verb::destroy));
        REQUIRE_FALSE(answer);
        CHECK(answer.error().kind == ErrorKind::malformed);
        CHECK(answer.error().message.find('\n') == std::string::npos);
    }
    const auto binary = give(Helper("head -c 100000 /dev/urandom | tr -d '\\n'; echo"), order_of(Verb::destroy));
    REQUIRE_FALSE(binary);
    CHECK(binary.error().kind == ErrorKind::malformed);
    const auto endless = give(Helper("exec yes | tr -d '\\n'"), order_of(Verb::destroy));
    REQUIRE_FALSE(endless);
    CHECK(endless.error().kind == ErrorKind::malformed);
}

TEST_CASE("xen lifecycle: what is not accepted by the deadline is a timeout, and its helper is ended") {
    const Helper helper("echo $$ > \"${0%/*}/pid\"\nexec sleep 1000");
    const auto begun = Steady::now();
    const auto answer = give(helper, order_of(Verb::suspend, 500ms));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::timeout);
    CHECK(Steady::now() - begun < 5s);
    const int pid = std::atoi(Helper::read(helper.folder + "/pid").c_str());
    REQUIRE(pid > 0);
    CHECK(::kill(pid, 0) != 0);
}

TEST_CASE("xen lifecycle: what is under way is waited for, beyond the deadline") {
    const Helper helper("echo '{\"progress\":[0,0]}'\nsleep 1\n" +
                        says(R"({"answer":{"already":false,"text":"late","guest":""}})"));
    const auto answer = give(helper, order_of(Verb::save, 300ms));
    REQUIRE(answer);
    CHECK(answer->text == "late");
}

TEST_CASE("xen lifecycle: a child that keeps the helper's output open holds up nobody") {
    const auto begun = Steady::now();
    const auto answered = give(Helper("sleep 30 &\n" + says(R"({"answer":{"already":true,"text":"","guest":""}})")),
                               order_of(Verb::suspend));
    REQUIRE(answered);
    CHECK(answered->already);
    const auto died = give(Helper("sleep 30 &\nexit 4"), order_of(Verb::suspend));
    REQUIRE_FALSE(died);
    CHECK(died.error().message.find("ended with 4") != std::string::npos);
    CHECK(Steady::now() - begun < 20s);
}

TEST_CASE("xen lifecycle: a guest that is off and verbs that Xen has not need no helper") {
    const auto lifecycle = make_xen_lifecycle("/nonexistent/virtscope-libxl");
    Steps steps;
    Order off = order_of(Verb::destroy);
    off.target.generation = 0;
    const auto destroyed = lifecycle->carry_out(off, steps);
    REQUIRE(destroyed);
    CHECK(destroyed->already);
    off.verb = Verb::suspend;
    CHECK(lifecycle->carry_out(off, steps).error().kind == ErrorKind::busy);
    for (const Verb verb :
         {Verb::start, Verb::reset, Verb::autostart, Verb::define, Verb::undefine, Verb::deploy, Verb::guestinfo}) {
        CHECK_FALSE(lifecycle->can(verb));
        CHECK(lifecycle->carry_out(order_of(verb), steps).error().kind == ErrorKind::unsupported);
    }
}

TEST_CASE("xen lifecycle: a text that JSON cannot carry is refused") {
    Order order = order_of(Verb::save);
    order.path = "/tmp/\xff";
    const auto answer = give(Helper("exit 0"), order);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::malformed);
}

TEST_CASE("xen lifecycle: an order to a guest names its domain; none is taken for Domain-0") {
    Order order = order_of(Verb::setmem);
    order.target.local_id = -1;
    const auto refused = read_order(*write_order(order));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::malformed);
    CHECK_FALSE(read_order(R"({"verb":"destroy"})"));
    CHECK_FALSE(read_order(R"({"verb":"destroy","domid":"7"})"));
    CHECK(read_order(R"({"verb":"create","text":"<domain/>"})"));
    order.target.local_id = 0;
    CHECK(read_order(*write_order(order))->target.local_id == 0);
}

TEST_CASE("xen lifecycle: a guest whose name is not UTF-8 takes orders, too") {
    Order order = order_of(Verb::destroy);
    order.target.name = "w\xff";
    const Helper helper(says(R"({"answer":{"already":false,"text":"ended"}})"));
    CHECK(give(helper, order).has_value());
    const auto got = read_order(helper.order());
    REQUIRE(got);
    CHECK(got->target.local_id == 7);
    CHECK(got->target.uuid == some_uuid);
}

TEST_CASE("xen lifecycle: every report is read as it was written") {
    const auto round = [](const Report& report) {
        std::string line = write_report(report);
        REQUIRE(line.ends_with('\n'));
        line.pop_back();
        CHECK(line.find('\n') == std::string::npos);
        return *read_report(line);
    };
    CHECK(std::get<Advance>(round(Advance{3, 9})).total == 9);
    const Answer answer{true, "two\nlines \xc3\xa4", some_uuid};
    const auto again = std::get<Answer>(round(answer));
    CHECK(again.text == answer.text);
    CHECK(again.guest == some_uuid);
    CHECK(again.already);
    for (const ErrorKind kind : {ErrorKind::absent, ErrorKind::denied, ErrorKind::timeout, ErrorKind::malformed,
                                 ErrorKind::unsupported, ErrorKind::busy, ErrorKind::system}) {
        CHECK(std::get<Error>(round(Error{kind, "why"})).kind == kind);
    }
}

TEST_CASE("xen lifecycle: the helper is where the environment says, else beside the program") {
    ::setenv("VIRTSCOPE_LIBXL", "/opt/x", 1);
    CHECK(find_helper() == "/opt/x");
    ::unsetenv("VIRTSCOPE_LIBXL");
    CHECK(find_helper().ends_with("/../libexec/virtscope/virtscope-libxl"));
}
