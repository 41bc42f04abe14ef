#include "drivers/libvirt/uri.h"

#include <algorithm>

namespace virtscope::libvirt {
namespace {

// "[::1]:22" and "h7:22" without the port and the brackets.
std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) return host.substr(1, std::min(host.find(']'), host.size()) - 1);
    return host.substr(0, host.find(':'));
}

}  // namespace

std::string_view without_prefix(std::string_view uri) {
    constexpr std::string_view explicitly = "libvirt+";
    return uri.starts_with(explicitly) ? uri.substr(explicitly.size()) : uri;
}

std::string_view machine_in(std::string_view uri) {
    uri = without_prefix(uri);
    const std::size_t scheme = uri.find("://");
    if (scheme == std::string_view::npos) return {};
    std::string_view authority = uri.substr(scheme + 3);
    authority = authority.substr(0, authority.find_first_of("/?#"));
    const std::size_t user = authority.rfind('@');
    if (user != std::string_view::npos) authority.remove_prefix(user + 1);
    const std::string_view host = without_port(authority);
    return host.empty() && uri.starts_with("test:") ? uri.substr(0, uri.find(':')) : host;
}

std::string never_asking(std::string_view uri) {
    const std::string_view scheme = uri.substr(0, uri.find("://"));
    if (!scheme.ends_with("+ssh") || uri.find("no_tty=") != std::string_view::npos) return std::string(uri);
    const std::size_t end = std::min(uri.find('#'), uri.size());
    const char joint = uri.substr(0, end).find('?') == std::string_view::npos ? '?' : '&';
    return std::string(uri.substr(0, end)) + joint + "no_tty=1" + std::string(uri.substr(end));
}

}  // namespace virtscope::libvirt
