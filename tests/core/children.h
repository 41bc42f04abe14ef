// Child processes of tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace virtscope::children {

// Forks a process that does `job` and exits with what it returns.
pid_t begin(int (*job)(void*), void* with);

template <class Job>
pid_t start(Job job) {
    return begin([](void* with) { return (*static_cast<Job*>(with))(); }, &job);
}

// Waits for its end; a status as of waitpid().
int wait_for(pid_t pid);

// Whether it ended by itself with exit code 0.
bool well(int status);

// "exit 1" or "signal 7 (Bus error)".
std::string say(int status);

// Memory that forked children share with their parent; zeros at first.
void* shared_bytes(std::size_t size);

template <class T>
T& shared() {
    return *new (shared_bytes(sizeof(T))) T{};
}

// One fault of tests/core/fault_shim.cpp.
struct Fault {
    std::string kind;
    unsigned n = 1;
    std::string how;  // as VIRTSCOPE_FAULT_HOW
};

struct Told {
    int status = 0;
    bool hit = false;  // the fault happened
    std::vector<std::string> lines;
};

// Runs a program, under the shim if `fault` is not null, and gathers what it prints.
Told run(const std::vector<std::string>& command, const Fault* fault);

}  // namespace virtscope::children
