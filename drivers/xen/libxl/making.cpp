#include "drivers/xen/libxl/making.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>

#include "core/text.h"
#include "drivers/spawn.h"

namespace virtscope::libxl {
namespace {

constexpr const char* lock_path = "/var/lock/xl";
constexpr int keeper_patience = 20'000;  // ms, to its first word

struct Domains {
    explicit Domains(libxl_ctx* context) : list(libxl_list_domain(context, &count)) {}
    ~Domains() {
        if (list != nullptr) libxl_dominfo_list_free(list, count);
    }
    Domains(const Domains&) = delete;
    Domains& operator=(const Domains&) = delete;

    int count = 0;
    libxl_dominfo* list;
};

Result<> check_identity(libxl_ctx* context, const Log& log, const Config& config) {
    const std::string name = printable(config.name());
    std::uint32_t domid = 0;
    if (libxl_name_to_domid(context, config->c_info.name, &domid) == 0) {
        return fail(ErrorKind::busy, "{} runs already, as domain {}; take another name, or end that one", name, domid);
    }
    const Domains domains(context);
    if (domains.list == nullptr) return failed(ERROR_FAIL, "Xen does not list its domains", log);
    for (int i = 0; i < domains.count; ++i) {
        if (uuid_of(domains.list[i].uuid) != config.uuid()) continue;
        return fail(ErrorKind::busy, "the UUID of {} is that of domain {}, which runs; take another one", name,
                    domains.list[i].domid);
    }
    return {};
}

Result<> check_memory(libxl_ctx* context, const Log& log, Config& config) {
    std::uint64_t needed = 0, free = 0;
    if (const int code = libxl_domain_need_memory(context, config.get(), no_domain, &needed); code != 0) {
        return failed(code, "the memory that it needs", log);
    }
    if (const int code = libxl_get_free_memory(context, &free); code != 0)
        return failed(code, "Xen's free memory", log);
    if (needed <= free) return {};
    return fail(ErrorKind::busy, "{} needs {} and Xen has {} free; end a guest, or take some from Domain-0 with setmem",
                printable(config.name()), human_bytes(needed << 10), human_bytes(free << 10));
}

Result<pid_t> spawn_keeper(std::uint32_t domid, const Uuid& uuid, int out) {
    auto pid = spawn("/proc/self/exe", {"virtscope-libxl", "keep", std::to_string(domid), uuid.text()}, own_environment(),
                     {.out = out});
    if (!pid) return fail(pid.error().kind, "its keeper: {}", pid.error().message);
    return pid;
}

}  // namespace

Result<Fd> lock_making() {
    Fd file(::open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) return fail_errno(errno, "open {}", lock_path);
    struct flock whole{};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    while (::fcntl(file.get(), F_SETLKW, &whole) != 0) {
        if (errno != EINTR) return fail_errno(errno, "lock {}", lock_path);
    }
    return file;
}

Result<> check_room(libxl_ctx* context, const Log& log, Config& config) {
    if (auto free = check_identity(context, log, config); !free) return free;
    return check_memory(context, log, config);
}

Result<> start_keeper(std::uint32_t domid, const Uuid& uuid) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno(errno, "pipe");
    const Fd ours(ends[0]);
    Fd theirs(ends[1]);
    const auto pid = spawn_keeper(domid, uuid, theirs.get());
    if (!pid) return std::unexpected(pid.error());
    theirs = Fd();
    pollfd watched{ours.get(), POLLIN, 0};
    char word = 0;
    if (::poll(&watched, 1, keeper_patience) == 1 && ::read(ours.get(), &word, 1) == 1) return {};
    ::kill(*pid, SIGKILL);
    return fail(ErrorKind::system, "its keeper did not begin; the system's log may say why");
}

}  // namespace virtscope::libxl
