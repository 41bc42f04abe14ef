#include "agent/agent.h"

#include <sys/stat.h>

#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>

#include "agent/control/office.h"
#include "agent/loop.h"
#include "agent/stop_signals.h"
#include "core/descriptor_limit.h"
#include "core/ring/path.h"
#include "core/text.h"
#include "orders/socket_path.h"

namespace virtscope {
namespace {

// The default folder is ours to make; a folder that was named must exist, or a typing error would
// silently fill another disk.
void make_default_folder(const std::string& path) {
    if (path == system_ring_path) ::mkdir("/var/lib/virtscope", 0755);
}

// /run/virtscope is made by the service manager; without one it is ours to make.
Result<std::unique_ptr<control::Office>> open_office(const Config& config) {
    if (!config.control_enabled) return std::unique_ptr<control::Office>();
    const std::string socket = control::socket_path(config.control_socket, config.ring_file);
    if (socket == control::default_socket) ::mkdir("/run/virtscope", 0755);
    auto office = control::Office::open(socket, control::journal_path(config.ring_file), config.control_group);
    if (office) spdlog::info("orders at {}", socket);
    return office;
}

// True if told to stop before.
bool wait_for_tick(const StopSignals& stop, Loop& loop) {
    for (auto pause = monotonic_now() + Loop::tending; pause < loop.due(); pause += Loop::tending) {
        if (stop.wait_until(pause)) return true;
        loop.tend();
    }
    return stop.wait_until(loop.due());
}

}  // namespace

Result<> run_agent(const Config& config) {
    const StopSignals stop;
    if (auto raised = raise_descriptor_limit(); !raised) spdlog::warn("{}", raised.error().message);
    DriverOptions drivers = config.drivers;
    drivers.keeps_guests = true;
    auto sampler = Sampler::open({.uris = config.connect, .host = {}, .drivers = drivers});
    if (!sampler) return std::unexpected(sampler.error());
    const std::string path = ring_path(config.ring_file);
    make_default_folder(path);
    auto store = Store::open(path, config.ring_bytes);
    if (!store) return std::unexpected(store.error());
    spdlog::info("ring {} ({}), every {}", path, human_bytes(config.ring_bytes),
                 human_duration(config.interval.count()));

    auto office = open_office(config);
    if (!office) return std::unexpected(office.error());
    Loop loop(config.interval, std::move(*sampler), std::move(*store), std::move(*office));
    do {
        loop.tick();
    } while (!wait_for_tick(stop, loop));
    ::sd_notify(0, "STOPPING=1");
    spdlog::info("stopped");
    return {};
}

}  // namespace virtscope
