// Child: a real process that does something for a test and then waits to be ended.
#pragma once

#include <functional>
#include <string>
#include <sys/resource.h>
#include <sys/types.h>

namespace virtscope::test {

class Child {
public:
    // Runs `work` in a child and waits for what it returns; the child then sleeps. With `pid` it gets
    // that process id, which needs privileges; then pid() is -1 if the kernel refuses.
    explicit Child(const std::function<std::string()>& work, pid_t pid = 0);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    pid_t pid() const { return pid_; }
    const std::string& result() const { return result_; }
    rusage end();  // kills and reaps it, and says what it used

private:
    pid_t pid_ = -1;
    std::string result_;
};

// Keeps one CPU busy until this thread has used `ms` more of it.
void burn(int ms);

}  // namespace virtscope::test
