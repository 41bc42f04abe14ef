#include "agent/agent.h"

#include <cerrno>
#include <cstring>
#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>

#include "agent/loop.h"
#include "agent/stop_signals.h"
#include "core/ring/path.h"
#include "core/text.h"

namespace virtscope {
namespace {

// Descriptors are kept open per guest: the usual soft limit of 1,024 is for programs that use select().
void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) spdlog::warn("cannot raise the limit of open files");
}

// Readers are unprivileged, in group virtscope; a host without that group keeps the ring to root.
void give_to_readers(const std::string& path) {
    const group* const readers = ::getgrnam("virtscope");
    if (readers != nullptr && ::chown(path.c_str(), static_cast<uid_t>(-1), readers->gr_gid) != 0) {
        spdlog::warn("{}: cannot give it to group virtscope: {}", path, std::strerror(errno));
    }
}

// The default folder is ours to make; a folder that was named must exist, or a typing error would
// silently fill another disk.
void make_default_folder(const std::string& path) {
    if (path == system_ring_path) ::mkdir("/var/lib/virtscope", 0755);
}

}  // namespace

Result<> run_agent(const Config& config) {
    const StopSignals stop;
    raise_descriptor_limit();
    auto sampler = Sampler::open({.uris = config.connect, .host = {}, .drivers = config.drivers});
    if (!sampler) return std::unexpected(sampler.error());
    const std::string path = ring_path(config.ring_file);
    make_default_folder(path);
    auto ring = RingWriter::open(path, config.ring_bytes);
    if (!ring) return std::unexpected(ring.error());
    if (!ring->notice().empty()) spdlog::warn("{}", ring->notice());
    give_to_readers(path);
    spdlog::info("ring {} ({}), every {}", path, human_bytes(config.ring_bytes), human_duration(config.interval.count()));

    Loop loop(config.interval, std::move(*sampler), std::move(*ring));
    do {
        loop.tick();
    } while (!stop.wait_until(loop.due()));
    ::sd_notify(0, "STOPPING=1");
    spdlog::info("stopped");
    return {};
}

}  // namespace virtscope
