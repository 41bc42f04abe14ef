// In time, and with one of four exit codes: rings that hang, signals to the check and to its guard.
#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "plugins/watchdog.h"
#include "process.h"
#include "world.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

constexpr double in_time = 3;  // of a limit of 2 s; the machine may be busy
constexpr const char* late = "VIRT UNKNOWN: the ring could not be read within the time limit (-t)\n";
constexpr const char* killed = "VIRT UNKNOWN: check_virt was ended by a signal\n";

// The worker of a check_virt that waits for a reader of a full pipe to make room; 0: not begun.
pid_t worker_of(pid_t guard) {
    for (int tries = 0; tries < 500; ++tries) {
        std::ifstream file("/proc/" + std::to_string(guard) + "/task/" + std::to_string(guard) + "/children");
        pid_t worker = 0;
        if (file >> worker) return worker;
        ::usleep(10'000);
    }
    return 0;
}

// Gone, or dead and not yet buried by init.
bool is_over(pid_t process) {
    for (int tries = 0; tries < 300; ++tries) {
        std::ifstream file("/proc/" + std::to_string(process) + "/stat");
        std::string stat;
        if (!std::getline(file, stat) || stat.substr(stat.rfind(')')).starts_with(") Z")) return true;
        ::usleep(10'000);
    }
    return false;
}

// A check that hangs: what it writes goes to a pipe that is full and that nobody empties.
class Hanging {
public:
    explicit Hanging(const char* limit) {
        write_simulated(world_.ring(), 1000);
        const std::string pipe = world_.directory() + "/pipe";
        REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
        reader_ = Fd(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        REQUIRE(reader_);
        child_ = start({"state", "-t", limit, "--ring", world_.ring(), "--passive", pipe});
        worker_ = worker_of(child_.pid);
        REQUIRE(worker_ > 0);
        // Handlers are there by the time it writes.
        std::array<char, 1> first{};
        for (int tries = 0; tries < 500 && ::read(reader_.get(), first.data(), first.size()) <= 0; ++tries) ::usleep(10'000);
    }
    pid_t guard() const { return child_.pid; }
    pid_t worker() const { return worker_; }
    Ended end() const { return finish(child_); }

private:
    World world_;
    Fd reader_;
    Child child_;
    pid_t worker_ = 0;
};

}  // namespace

TEST_CASE("the watchdog ends a process that hangs, even where its signal was ignored and blocked") {
    const Ended ended = run_body([] {
        ::signal(SIGALRM, SIG_IGN);
        sigset_t all;
        ::sigfillset(&all);
        ::sigprocmask(SIG_BLOCK, &all, nullptr);
        arm_watchdog(1);
        for (;;) ::pause();
    });
    CHECK(ended.code == 3);
    CHECK(ended.output == late);
}

TEST_CASE("a signal that kills gives UNKNOWN, not an exit code of its own") {
    for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGSEGV, SIGABRT, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ, SIGALRM, SIGVTALRM,
                             SIGPROF, SIGSYS, SIGTRAP, SIGBUS, SIGFPE, SIGILL}) {
        CAPTURE(number);
        const Ended ended = run_body([number] {
            ::signal(number, SIG_DFL);  // the test framework has handlers of its own
            answer_deadly_signals();
            ::raise(number);
            ::_exit(0);
        });
        CHECK(ended.code == 3);
        CHECK(ended.output == killed);
    }
}

TEST_CASE("two seconds are two seconds, with a ring that is absent, a pipe, or of a hostile kind") {
    World world;
    REQUIRE(::mkfifo(world.ring().c_str(), 0600) == 0);
    const std::string text = world.directory() + "/text";
    { std::ofstream(text) << std::string(100'000, 'x'); }
    for (const std::string& ring : {world.ring(), world.directory() + "/none", text, world.directory(), std::string("/dev/zero"), std::string("/dev/tty")}) {
        CAPTURE(ring);
        const Ended ended = run({"cpu", "-t", "2", "--ring", ring});
        CHECK(ended.code == 3);
        CHECK(ended.output.starts_with("VIRT "));
        CHECK(ended.seconds < in_time);
    }
}

TEST_CASE("who waits for a reader ends in time") {
    const Hanging check("2");
    const Ended ended = check.end();
    CHECK(ended.code == 3);
    CHECK(ended.output == late);
    CHECK(ended.seconds >= 1.9);
    CHECK(ended.seconds < in_time);
}

TEST_CASE("a worker that is stopped is not waited for") {
    const Hanging check("2");
    REQUIRE(::kill(check.worker(), SIGSTOP) == 0);
    const Ended ended = check.end();
    CHECK(ended.code == 3);
    CHECK(ended.output == late);
    CHECK(ended.seconds < in_time);
    CHECK(is_over(check.worker()));
}

TEST_CASE("signals to the guard and to the worker end in UNKNOWN") {
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1}) {
        CAPTURE(number);
        const Hanging guard("60");
        REQUIRE(::kill(guard.guard(), number) == 0);
        const Ended one = guard.end();
        CHECK(one.code == 3);
        CHECK(one.output == killed);
        const Hanging worker("60");
        REQUIRE(::kill(worker.worker(), number) == 0);
        const Ended other = worker.end();
        CHECK(other.code == 3);
        CHECK(other.output == killed);
    }
    const Hanging worker("60");
    REQUIRE(::kill(worker.worker(), SIGKILL) == 0);
    const Ended ended = worker.end();
    CHECK(ended.code == 3);
    CHECK(ended.output == killed);
}

TEST_CASE("whatever signals the caller ignored, blocked or had on their way") {
    World world;
    write_simulated(world.ring(), 1);
    const std::vector<std::string> nobody{"state", "--ring", world.ring(), "--guest", "nobody"};
    // Ignored children are not waited for: the code of the worker would be lost, and be taken for OK.
    CHECK(run(nobody, [] { ::signal(SIGCHLD, SIG_IGN); }).code == 2);
    const auto block_all = [] {
        sigset_t all;
        ::sigfillset(&all);
        ::sigprocmask(SIG_BLOCK, &all, nullptr);
    };
    CHECK(run(nobody, block_all).code == 2);
    CHECK(run({"state", "-t", "1", "--ring", world.ring()}, block_all).code == 0);
    const Ended alarmed = run({"state", "--ring", "/dev/null"}, [] { ::alarm(100); });
    CHECK(alarmed.code == 3);
}
