#include "exporters/remote_write/options.h"

#include <algorithm>

#include <unistd.h>

#include "core/quantity.h"
#include "core/text.h"

namespace virtscope::exporters::remote_write {
namespace {

using namespace std::chrono_literals;

Result<std::chrono::nanoseconds> duration_of(const char* option, const std::string& text,
                                             std::chrono::nanoseconds least, std::chrono::nanoseconds most) {
    const auto duration = parse_duration(text);
    if (!duration) return fail(ErrorKind::malformed, "{} {}", option, duration.error().message);
    if (*duration < least || *duration > most)
        return fail(ErrorKind::malformed, "{} {}: must be {} to {}", option, printable(text, 40),
                    human_duration(least.count()), human_duration(most.count()));
    return *duration;
}

Result<> check_url(const std::string& url) {
    const auto bad = [&](const char* why) { return fail(ErrorKind::malformed, "{}: {}", printable(url, 200), why); };
    const std::size_t begin = url.starts_with("http://") ? 7 : url.starts_with("https://") ? 8 : 0;
    if (begin == 0) return bad("must begin with http:// or https://");
    if (!std::ranges::all_of(url, [](char c) { return c > ' ' && c <= '~'; }))
        return bad("has characters that a URL cannot have");
    const std::string authority = url.substr(begin, url.find_first_of("/?#", begin) - begin);
    if (authority.empty() || authority.front() == ':') return bad("names no host");
    // Every user of the host could read it, and every log would have it.
    if (authority.find('@') != std::string::npos)
        return fail(
            ErrorKind::malformed,
            "the URL has a user name or password in it: put USER:PASSWORD into a file and give --basic-auth-file");
    return {};
}

Result<> check_pairs(const Target& target) {
    if (target.certificate.empty() != target.key.empty())
        return fail(ErrorKind::malformed, "--tls-cert and --tls-key: both or none");
    if (!target.bearer_token.empty() && !target.basic_auth.empty())
        return fail(ErrorKind::malformed, "--bearer-token-file and --basic-auth-file: only one of them");
    return {};
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

void declare_target(CLI::App& app, Target& target) {
    app.add_option("url", target.url, "The receiver, as https://prometheus.example:9090/api/v1/write")
        ->required()
        ->type_name("URL");
    app.add_option("--tls-ca", target.ca,
                   "Authorities that may have signed its certificate, PEM (default: the system's)")
        ->type_name("FILE");
    app.add_option("--tls-cert", target.certificate, "Certificate of ours, PEM")->type_name("FILE");
    app.add_option("--tls-key", target.key, "Its key, PEM; not to be readable for all users")->type_name("FILE");
    app.add_option("--bearer-token-file", target.bearer_token, "File with a token for Authorization: Bearer")
        ->type_name("FILE");
    app.add_option("--basic-auth-file", target.basic_auth, "File with USER:PASSWORD")->type_name("FILE");
}

}  // namespace

void declare(CLI::App& app, Words& words) {
    declare_target(app, words.target);
    app.add_option("--state-dir", words.state_folder,
                   "Folder for the position: where it goes on after a restart; each URL needs its own")
        ->envname("STATE_DIRECTORY")
        ->required()
        ->type_name("DIR");
    app.add_option("--interval", words.interval, "Send one sample of the ring in each such time (default: 15s)");
    app.add_option("--label", words.labels,
                   "NAME=VALUE, a label of every series; NAME= for none (repeatable; default: host=this host's name)")
        ->type_name("LABEL")
        ->allow_extra_args(false);
    app.add_option("--batch", words.batch_samples, "Samples in a request at most (default: 2000)")
        ->check(CLI::Range(100, 20000));
    app.add_option("--timeout", words.timeout, "Time a request may take (default: 30s)");
    app.footer(
        "Sends until SIGTERM or SIGINT. While the receiver is away, samples stay in the ring and are sent afterwards "
        "with "
        "their times; so they do where it does not let us in (401, 403, 404). What it refuses (other 4xx) is dropped "
        "and counted.\n\nExit codes: 0 told to stop, or the "
        "recording is at its end; 2 wrong arguments; 3 not a ring; 4 the folder cannot be written, or a file for TLS "
        "or "
        "authorization is wrong.\n\nExamples:\n"
        "  virtscope-export remote-write http://127.0.0.1:8428/api/v1/write --state-dir "
        "/var/lib/virtscope-remote-write\n"
        "  virtscope-export remote-write https://mimir.example/api/v1/push --state-dir /var/lib/virtscope-remote-write "
        "\\\n"
        "      --bearer-token-file /etc/virtscope/token --label job=virtscope --interval 60s");
}

Result<Options> options_of(const Words& words) {
    if (auto good = check_url(words.target.url); !good) return std::unexpected(good.error());
    if (auto good = check_pairs(words.target); !good) return std::unexpected(good.error());
    const auto interval = duration_of("--interval", words.interval, 100ms, 1h);
    if (!interval) return std::unexpected(interval.error());
    const auto timeout = duration_of("--timeout", words.timeout, 1s, 10min);
    if (!timeout) return std::unexpected(timeout.error());
    auto external = External::parse(words.labels, host_name());
    if (!external) return std::unexpected(external.error());
    Options options{.target = words.target,
                    .position = words.state_folder + "/position",
                    .external = std::move(*external),
                    .interval = *interval,
                    .batch_samples = words.batch_samples};
    options.target.timeout = std::chrono::ceil<std::chrono::milliseconds>(*timeout);
    return options;
}

}  // namespace virtscope::exporters::remote_write
