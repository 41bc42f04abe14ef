#include "top/source/wanted_host.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include <sys/utsname.h>

#include "core/text.h"
#include "drivers/table.h"

namespace virtscope::top {
namespace {

// "web" of "web=/run/ring"; a '=' behind anything that belongs to a URI or a path is not ours.
std::string_view label_in(std::string_view connection) {
    const std::size_t end = connection.find_first_of("=:/?");
    return end != std::string_view::npos && connection[end] == '=' ? connection.substr(0, end) : std::string_view();
}

// Empty: it is no path.
std::string_view path_in(std::string_view connection) {
    constexpr std::string_view scheme = "file://";
    if (connection.starts_with(scheme)) return connection.substr(scheme.size());
    const bool is_path = connection.starts_with('/') || connection.starts_with("./") || connection.starts_with("../");
    return is_path ? connection : std::string_view();
}

std::string name_of_this_host() {
    utsname names{};
    return ::uname(&names) == 0 ? printable(std::begin(names.nodename)) : "this host";
}

WantedHost host_of(std::string_view connection) {
    const std::string_view label = label_in(connection);
    if (!label.empty()) connection.remove_prefix(label.size() + 1);
    WantedHost host{.label = printable(label)};
    const std::string_view machine = machine_of(connection);
    if (const std::string_view path = path_in(connection); !path.empty()) {
        host.path = path;
        host.name = printable(path.substr(path.rfind('/') + 1));
    } else {
        host.uris.emplace_back(connection);
        host.is_elsewhere = !machine.empty();
        host.name = host.is_elsewhere ? printable(machine) : name_of_this_host();
    }
    return host;
}

// Sampled here, with whatever else is.
bool is_ours(const WantedHost& host) { return host.label.empty() && host.path.empty() && !host.is_elsewhere; }

}  // namespace

std::vector<WantedHost> wanted_hosts(const std::vector<std::string>& connections) {
    std::vector<WantedHost> hosts;
    for (const std::string& connection : connections) {
        WantedHost host = host_of(connection);
        const auto ours = is_ours(host) ? std::ranges::find_if(hosts, is_ours) : hosts.end();
        if (ours != hosts.end()) {
            ours->uris.push_back(std::move(host.uris.front()));
        } else {
            hosts.push_back(std::move(host));
        }
    }
    return hosts;
}

}  // namespace virtscope::top
