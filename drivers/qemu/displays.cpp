#include "drivers/qemu/displays.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "drivers/loopback.h"

namespace virtscope::qemu {
namespace {

constexpr unsigned first_vnc = 5900;
constexpr unsigned first_websocket = 5700;
constexpr std::size_t most_displays = 16;

using Port = std::optional<std::uint16_t>;

Port port_of(std::string_view text, unsigned base) {
    unsigned number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
    if (!whole || number > 65535 - base) return std::nullopt;
    return static_cast<std::uint16_t>(base + number);
}

// "[::1]:5" in its parts.
struct Address {
    std::string_view host, port;
};

Address split(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return {{}, text};
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return {host, text.substr(colon + 1)};
}

std::string shown(std::string_view host, std::string_view port) {
    if (host.empty()) return fmt::format("*:{}", port);
    return host.find(':') != std::string_view::npos ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

// Adds one under a name that no other has.
void add(std::vector<DisplayPlace>& to, DisplayPlace display) {
    if (to.size() == most_displays) return;
    const std::string kind = display.name;
    for (unsigned n = 2; std::ranges::find(to, display.name, &DisplayPlace::name) != to.end(); ++n) {
        display.name = kind + std::to_string(n);
    }
    to.push_back(std::move(display));
}

const Options* object_by_id(const CommandLine& line, std::string_view id) {
    const auto found = std::ranges::find_if(line.objects, [id](const Options& each) { return each.get("id") == id; });
    return found != line.objects.end() ? &*found : nullptr;
}

// What a client must do, whichever of the addresses it comes by.
DisplayPlace vnc_of(const CommandLine& line, const Options& vnc) {
    const Options* const creds = object_by_id(line, vnc.get("tls-creds"));
    const bool certificate = creds != nullptr && creds->get("qom-type") == "tls-creds-x509" &&
                             creds->flag("verify-peer", true);
    // tls, x509 and x509verify: how it was written before QEMU 2.5.
    const bool old_tls = vnc.flag("tls", false) || vnc.has("x509") || vnc.has("x509verify");
    DisplayPlace display;
    display.name = "vnc";
    display.tls = vnc.has("tls-creds") || old_tls;
    display.password = vnc.flag("password", false) || vnc.has("password-secret") || vnc.flag("sasl", false) ||
                       certificate || vnc.has("x509verify");
    return display;
}

// A socket to itself: websocket, websocket=PORT, websocket=HOST:PORT. Without a host it has that of the display.
void add_websocket(std::vector<DisplayPlace>& to, DisplayPlace display, std::string_view value, const Address& main,
                   const Port& number) {
    Address own = split(value);
    if (own.host.empty()) own.host = main.host;
    display.name = "vnc-websocket";
    if (value == "on") {
        if (number) display.port = static_cast<std::uint16_t>(*number - first_vnc + first_websocket);
    } else {
        display.port = port_of(own.port, 0);
    }
    display.exposed = !is_loopback_address(own.host);
    display.source = shown(own.host, display.port ? std::to_string(*display.port) : "?");
    add(to, std::move(display));
}

void add_vnc(std::vector<DisplayPlace>& to, const CommandLine& line, const Options& vnc) {
    const std::string_view where = vnc.get("vnc");
    if (where.empty() || where == "none" || vnc.flag("reverse", false)) return;
    DisplayPlace display = vnc_of(line, vnc);
    constexpr std::string_view unix_prefix = "unix:";
    const bool local = where.starts_with(unix_prefix);
    const Address address = local ? Address{} : split(where);
    const Port number = local ? std::nullopt : port_of(address.port, first_vnc);
    const Port last = port_of(vnc.get("to"), first_vnc);
    const bool is_fixed = last <= number;  // none is the least
    if (local) {
        display.source = where.substr(unix_prefix.size());
    } else {
        display.exposed = !is_loopback_address(address.host);
        if (is_fixed) display.port = number;
        const std::string port = number ? std::to_string(*number) : "?";
        display.source = shown(address.host, is_fixed ? port : fmt::format("{}-{}", port, *last));
    }
    add(to, std::move(display));
    if (!vnc.has("websocket") || vnc.get("websocket") == "off") return;
    add_websocket(to, vnc_of(line, vnc), vnc.get("websocket"), address, is_fixed ? number : std::nullopt);
}

void add_spice(std::vector<DisplayPlace>& to, const Options& spice) {
    const bool local = spice.flag("unix", false);
    const Port plain = port_of(spice.get("port"), 0);
    const Port encrypted = port_of(spice.get("tls-port"), 0);
    const bool has_plain = plain.value_or(0) != 0;
    if (!local && !has_plain && encrypted.value_or(0) == 0) return;
    const bool all_encrypted = std::ranges::any_of(spice.all(), [](const auto& option) {
        return option.first == "tls-channel" && option.second == "default";
    });
    DisplayPlace display;
    display.name = "spice";
    display.tls = !local && (!has_plain || all_encrypted);
    // A ticket is asked for unless that is disabled: as long as none is set, nobody gets in.
    display.password = !spice.flag("disable-ticketing", false) || spice.flag("sasl", false);
    if (local) {
        display.source = spice.get("addr");
    } else {
        display.exposed = !is_loopback_address(spice.get("addr"));
        display.port = has_plain ? plain : encrypted;
        display.source = shown(spice.get("addr"), std::to_string(*display.port));
    }
    add(to, std::move(display));
}

}  // namespace

std::vector<DisplayPlace> displays_of(const CommandLine& line) {
    std::vector<DisplayPlace> displays;
    for (const Options& vnc : line.vnc) add_vnc(displays, line, vnc);
    for (const Options& spice : line.spice) add_spice(displays, spice);
    return displays;
}

}  // namespace virtscope::qemu
