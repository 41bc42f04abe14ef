// virtscoped: the agent.
#include <unistd.h>
#include <cstdio>
#include <filesystem>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>

#include "agent/agent.h"
#include "agent/config.h"
#include "core/quantity.h"
#include "core/ring/path.h"

namespace virtscope {
namespace {

constexpr int exit_failed = 1;  // the ring or a hypervisor could not be opened
constexpr int exit_usage = 2;   // the command line or the configuration is wrong

struct Arguments {
    bool foreground = false;
    bool check_config = false;
    std::string config_file;
    std::string ring;
    std::string ring_size;
    std::string interval;
    std::string control;
    std::vector<std::string> connect;
};

void declare(CLI::App& app, Arguments& arguments) {
    app.set_version_flag("--version", "virtscoped " VIRTSCOPE_VERSION);
    app.add_flag("--foreground", arguments.foreground, "Log for a person (times, colours) instead of for the journal");
    app.add_option("--config", arguments.config_file,
                   std::string("Configuration file (default: ") + system_config_path + " if it exists)");
    app.add_flag("--check-config", arguments.check_config, "Check command line and configuration, then exit");
    app.add_option("--ring", arguments.ring, "Ring file (default: $VIRTSCOPE_RING, else /var/lib/virtscope/ring)");
    app.add_option("--ring-size", arguments.ring_size, "Size of the ring, as in 64MiB");
    app.add_option("--interval", arguments.interval, "Time between two samples, as in 1s");
    app.add_option(
        "--control", arguments.control,
        "Socket that takes orders (default: /run/virtscope/control; beside a ring that is named: RING.control)");
    app.add_option("-c,--connect", arguments.connect,
                   "What to watch: kvm:/// (QEMU/KVM here), qemu:///system or any other URI of libvirt's, "
                   "test:///default?guests=N (simulated); repeatable")
        ->allow_extra_args(false);
    app.footer(
        "Exit codes: 0 stopped by a signal, 1 ring or hypervisor cannot be opened, 2 wrong arguments or "
        "configuration.");
}

Result<Config> base_config(const Arguments& arguments) {
    if (!arguments.config_file.empty()) return load_config(arguments.config_file);
    if (::access(system_config_path, F_OK) != 0) return Config{};
    return load_config(system_config_path);
}

Result<Config> configure(const Arguments& arguments) {
    auto config = base_config(arguments);
    if (!config) return config;
    if (!arguments.connect.empty()) config->connect = arguments.connect;
    if (!arguments.control.empty()) config->control_socket = arguments.control;
    if (!arguments.ring.empty()) config->ring_file = arguments.ring;
    // An agent of its own keeps what it has beside its ring, as it does its socket and its journal.
    const std::string ring = ring_path(config->ring_file);
    if (ring != system_ring_path && !config->state_folder_named) {
        // Absolute: a guest's process has / for its folder.
        std::error_code unknown;
        const auto folder = std::filesystem::absolute(ring + ".state", unknown);
        if (unknown) return fail_errno(unknown.value(), "--ring: the current folder is not known");
        config->drivers.state_folder = folder.string();
    }
    if (!arguments.ring_size.empty()) {
        const auto bytes = parse_size(arguments.ring_size);
        if (!bytes) return fail(ErrorKind::malformed, "--ring-size: {}", bytes.error().message);
        config->ring_bytes = *bytes;
    }
    if (!arguments.interval.empty()) {
        const auto interval = parse_duration(arguments.interval);
        if (!interval) return fail(ErrorKind::malformed, "--interval: {}", interval.error().message);
        const auto checked = check_interval("--interval", *interval);
        if (!checked) return std::unexpected(checked.error());
        config->interval = *interval;
    }
    return config;
}

void set_up_log(bool foreground) {
    auto logger = foreground ? spdlog::stderr_color_mt("virtscoped") : spdlog::stderr_logger_mt("virtscoped");
    // The journal keeps times itself.
    logger->set_pattern(foreground ? "%H:%M:%S.%e %^%l%$ %v" : "%l: %v");
    spdlog::set_default_logger(std::move(logger));
}

int fail_with(int code, const Error& error) {
    std::fprintf(stderr, "virtscoped: %s\n", error.message.c_str());
    return code;
}

int run(int argc, char** argv) {
    CLI::App app{"Samples every guest of this host into a ring that all virtscope programs read.", "virtscoped"};
    Arguments arguments;
    declare(app, arguments);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);
        return fail_with(exit_usage, {ErrorKind::malformed, std::string(error.what()) + "; see virtscoped --help"});
    }
    const auto config = configure(arguments);
    if (!config) return fail_with(exit_usage, config.error());
    if (arguments.check_config) return 0;
    set_up_log(arguments.foreground);
    const auto ran = run_agent(*config);
    return ran ? 0 : fail_with(exit_failed, ran.error());
}

}  // namespace
}  // namespace virtscope

int main(int argc, char** argv) { return virtscope::run(argc, argv); }
