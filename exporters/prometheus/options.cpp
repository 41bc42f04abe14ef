#include "exporters/prometheus/options.h"

namespace virtscope::exporters {
namespace {

constexpr unsigned longest_timeout = 3600;

// A path that can be asked for.
std::string check_path(const std::string& path) {
    const bool plain = path.find_first_of("?#% \t\r\n\"<>") == std::string::npos;
    if (path.size() > 1 && path.front() == '/' && path != "/-/healthy" && path != "/-/ready" && plain) return {};
    return "must be a path such as /metrics";
}

}  // namespace

void declare_prometheus_options(CLI::App& app, PrometheusOptions& options) {
    app.add_option("--web.listen-address", options.listen_address,
                   "HOST:PORT, [IPv6]:PORT, or :PORT for all addresses of the host (default: 127.0.0.1:9177)")
        ->type_name("ADDRESS");
    app.add_option("--web.telemetry-path", options.telemetry_path, "Where the metrics are (default: /metrics)")
        ->type_name("PATH")
        ->check(check_path);
    app.add_option("--web.timeout", options.timeout, "Seconds a client has to ask and to take its answer (default: 30)")
        ->type_name("SECONDS")
        ->check(CLI::Range(1U, longest_timeout));
    app.add_option("--web.tls-cert", options.tls.certificate,
                   "Certificate of the server and its chain, PEM: turns TLS on")
        ->type_name("FILE");
    app.add_option("--web.tls-key", options.tls.key, "Its key, PEM; not to be readable for all users")
        ->type_name("FILE");
    app.add_option("--web.tls-client-ca", options.tls.client_ca,
                   "Lets in only clients with a certificate of these, PEM")
        ->type_name("FILE");
    app.add_option("--web.tls-client-name", options.tls.client_names,
                   "Of these only clients whose certificate has this DNS name (repeatable)")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app.add_option(
           "--compat", options.compat,
           "inovex: also the names of prometheus-libvirt-exporter, libvirt_domain_…, for dashboards that ask for them")
        ->type_name("NAMES")
        ->check(CLI::IsMember({"inovex"}));
    app.footer(
        "Serves until SIGTERM or SIGINT; SIGHUP reads the certificates anew. Without TLS everybody who can connect "
        "sees "
        "names and load of all guests.\n\nExamples:\n"
        "  virtscope-export prometheus\n"
        "  virtscope-export prometheus --web.listen-address :9177 --exclude 'test-*' --metric '!virt_cpu_*'");
}

}  // namespace virtscope::exporters
