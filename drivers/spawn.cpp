#include "drivers/spawn.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include "core/text.h"

namespace virtscope {
namespace {

// As exec wants it; it does not write there.
std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    list.reserve(texts.size() + 1);
    for (std::string& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

class Actions {
public:
    explicit Actions(const StandardEnds& ends) {
        ::posix_spawn_file_actions_init(&files_);
        const std::array<int, 3> given{ends.in, ends.out, ends.err};
        for (int end = 0; end < 3; ++end) {
            const int fd = given[static_cast<std::size_t>(end)];
            if (fd >= 0) {
                ::posix_spawn_file_actions_adddup2(&files_, fd, end);
            } else {
                ::posix_spawn_file_actions_addopen(&files_, end, "/dev/null", end == 0 ? O_RDONLY : O_WRONLY, 0);
            }
        }
        ::posix_spawn_file_actions_addclosefrom_np(&files_, 3);
    }
    ~Actions() { ::posix_spawn_file_actions_destroy(&files_); }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;
    const posix_spawn_file_actions_t* get() const { return &files_; }

private:
    posix_spawn_file_actions_t files_{};
};

class Attributes {
public:
    Attributes() {
        ::posix_spawnattr_init(&attributes_);
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        constexpr int flags = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
        ::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags));
    }
    ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

}  // namespace

Result<pid_t> spawn(const std::string& program, std::vector<std::string> arguments, std::vector<std::string> environment,
                    const StandardEnds& ends) {
    const Actions actions(ends);
    const Attributes attributes;
    const auto argv = pointers(arguments);
    const auto envp = pointers(environment);
    pid_t pid = 0;
    const int code = ::posix_spawn(&pid, program.c_str(), actions.get(), attributes.get(), argv.data(), envp.data());
    if (code != 0) return fail_errno(code, "start {}", printable(program));
    return pid;
}

std::vector<std::string> own_environment() {
    std::vector<std::string> own;
    for (char** at = environ; at != nullptr && *at != nullptr; ++at) own.emplace_back(*at);
    return own;
}

}  // namespace virtscope
