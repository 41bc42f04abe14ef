#include "tests/core/children.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/fd.h"

namespace virtscope::children {
namespace {

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
        out = Fd(ends[0]);
        in = Fd(ends[1]);
    }
    std::string drain() {
        in = Fd();
        std::string all;
        std::array<char, 4096> some{};
        for (;;) {
            const ssize_t n = ::read(out.get(), some.data(), some.size());
            if (n <= 0) return all;
            all.append(some.data(), static_cast<std::size_t>(n));
        }
    }
    Fd out;
    Fd in;
};

void set(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }

[[noreturn]] void become(const std::vector<std::string>& command, const Fault* fault, const Pipe& said, const Pipe& hits) {
    ::dup2(said.in.get(), STDOUT_FILENO);
    if (fault != nullptr) {
        const int tell = ::dup(hits.in.get());  // without O_CLOEXEC
        set("LD_PRELOAD", VIRTSCOPE_FAULT_SHIM);
        set("VIRTSCOPE_FAULT_KIND", fault->kind);
        set("VIRTSCOPE_FAULT_N", std::to_string(fault->n));
        set("VIRTSCOPE_FAULT_HOW", fault->how);
        set("VIRTSCOPE_FAULT_FD", std::to_string(tell));
    }
    std::vector<std::string> words = command;
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

}  // namespace

pid_t begin(int (*job)(void*), void* with) {
    // A child that ends must not print again what its parent had yet to write.
    (void)std::fflush(nullptr);
    const pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error("fork");
    if (pid == 0) ::_exit(job(with));
    return pid;
}

int wait_for(pid_t pid) {
    int status = 0;
    if (::waitpid(pid, &status, 0) != pid) throw std::runtime_error("waitpid");
    return status;
}

bool well(int status) { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }

std::string say(int status) {
    if (WIFEXITED(status)) return fmt::format("exit {}", WEXITSTATUS(status));
    return fmt::format("signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
}

void* shared_bytes(std::size_t size) {
    void* const at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) throw std::runtime_error("mmap");
    return at;
}

Told run(const std::vector<std::string>& command, const Fault* fault) {
    Pipe said;
    Pipe hits;
    const pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error("fork");
    if (pid == 0) become(command, fault, said, hits);
    Told told;
    std::istringstream lines(said.drain());
    for (std::string line; std::getline(lines, line);) told.lines.push_back(line);
    told.status = wait_for(pid);
    told.hit = !hits.drain().empty();
    return told;
}

}  // namespace virtscope::children
