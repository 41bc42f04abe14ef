// virtscope-export prometheus: the newest sample over HTTP.
#include <malloc.h>

#include <fmt/format.h>

#include "exporters/base/complain.h"
#include "exporters/base/exit_codes.h"
#include "exporters/base/ready.h"
#include "exporters/base/signals.h"
#include "exporters/exporter.h"
#include "exporters/prometheus/address.h"
#include "exporters/prometheus/options.h"
#include "exporters/prometheus/server.h"

namespace virtscope::exporters {
namespace {

constexpr std::size_t most_pages = 4;  // on their way to clients at a time
constexpr int largest_kept = 128 * 1024;

Result<std::optional<Tls>> tls_of(const TlsPaths& paths) {
    if (!paths.any()) return std::optional<Tls>();
    auto tls = load_tls(paths);
    if (!tls) return std::unexpected(tls.error());
    return std::optional(std::move(*tls));
}

// The certificates are read anew; a mistake in them is said and leaves those that are in use.
bool reload(Server& server, const TlsPaths& paths) {
    auto tls = tls_of(paths);
    if (!tls) {
        complain("reload: " + tls.error().message + "; the old certificate stays in use");
        return true;
    }
    if (!*tls) return true;
    const auto restarted = server.restart(std::move(*tls));
    if (!restarted) complain(restarted.error().message);
    return restarted.has_value();
}

int serve_until_told(Server& server, const Signals& signals, const TlsPaths& paths) {
    for (;;) {
        const Told told = signals.wait(std::chrono::seconds(1));
        if (told == Told::stop) return exit_stopped;
        if (told == Told::reload && !reload(server, paths)) return exit_failed;
        server.tend();
    }
}

int refuse(const Error& error, int code) {
    complain(error.message);
    return code;
}

int run(const PrometheusOptions& options, const Common& common) {
    // A page that was freed goes back to the kernel, however large the last one was.
    ::mallopt(M_MMAP_THRESHOLD, largest_kept);
    const Signals signals;
    const auto address = parse_address(options.listen_address);
    if (!address) return refuse({address.error().kind, "--web.listen-address " + address.error().message}, exit_usage);
    if (auto whole = check_options(options.tls); !whole) return refuse(whole.error(), exit_usage);
    auto tls = tls_of(options.tls);
    if (!tls) return refuse(tls.error(), exit_no_way);
    auto socket = listen_on(*address);
    if (!socket) return refuse(socket.error(), exit_no_way);
    const std::string where = address_of(socket->get());
    const bool secure = tls->has_value();
    Site site({.ring = common.ring, .filter = common.filter, .inovex = options.compat == "inovex"},
              options.telemetry_path, most_pages);
    Server server(site, {.patience = {.request = std::chrono::seconds(options.timeout)}});
    if (auto started = server.start(std::move(*socket), std::move(*tls)); !started) {
        return refuse(started.error(), exit_no_way);
    }
    complain(fmt::format("listening on {}://{}{}", secure ? "https" : "http", where, options.telemetry_path));
    say_ready();
    return serve_until_told(server, signals, options.tls);
}

Run declare(CLI::App& app) {
    auto options = std::make_shared<PrometheusOptions>();
    declare_prometheus_options(app, *options);
    return [options](const Common& common) { return run(*options, common); };
}

}  // namespace

const Exporter prometheus_exporter{"prometheus", "Serves the newest sample to Prometheus over HTTP", declare};

}  // namespace virtscope::exporters
