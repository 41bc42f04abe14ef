// Verbs about a guest's removable media and its display.
#include "drivers/qemu/lifecycle_verbs.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "core/text.h"

namespace virtscope::qemu {
namespace {

struct Drive {
    std::string backend;  // -drive's id
    std::string qdev;     // the device's id, or its path in QEMU's object tree
    std::string medium;   // image file; empty: none
    bool has_medium = false;
    bool locked = false;

    std::string name() const {
        constexpr std::string_view peripheral = "/machine/peripheral/";
        if (qdev.starts_with(peripheral)) return qdev.substr(peripheral.size(), qdev.find('/', peripheral.size()) - peripheral.size());
        return backend.empty() || (!qdev.empty() && !qdev.starts_with('/')) ? qdev : backend;
    }
    // How block commands call it.
    Json reference() const { return qdev.empty() ? Json{{"device", backend}} : Json{{"id", qdev}}; }
};

bool flag_at(const Json& object, const char* key) {
    const Json& value = member(object, key);
    return value.is_boolean() && value.get<bool>();
}

Result<Drive> find_drive(const Order& order, QmpClient& monitor) {
    const auto blocks = monitor.ask("query-block", order.deadline);
    if (!blocks) return std::unexpected(blocks.error());
    std::vector<Drive> found;
    std::string names;
    for (const Json& entry : *blocks) {
        if (!flag_at(entry, "removable")) continue;
        const Json& inserted = member(entry, "inserted");
        Drive drive{text_at(entry, "device"), text_at(entry, "qdev"), text_at(inserted, "file"), inserted.is_object(),
                    flag_at(entry, "locked")};
        names += (names.empty() ? "" : ", ") + printable(drive.name(), 64);
        const bool named = order.device == drive.name() || order.device == drive.backend || order.device == drive.qdev;
        if (order.device.empty() || named) found.push_back(std::move(drive));
    }
    if (names.empty()) return fail(ErrorKind::absent, "has no drive for removable media");
    if (found.empty()) {
        return fail(ErrorKind::absent, "has no removable drive {}; it has {}", printable(order.device, 64), names);
    }
    if (found.size() > 1) return fail(ErrorKind::malformed, "has several drives, say which: {}", names);
    return std::move(found.front());
}

// QEMU says why only in words.
ErrorKind kind_of(const Error& error) {
    if (error.message.find("No such file") != std::string::npos) return ErrorKind::absent;
    if (error.message.find("Permission denied") != std::string::npos) return ErrorKind::denied;
    return error.kind;
}

// A locked tray: QEMU passes the wish on to the guest, which may open it; then the command works.
Result<> with_tray(const Order& order, const Drive& drive, QmpClient& monitor, std::string_view command, Json arguments) {
    arguments.update(drive.reference());
    arguments["force"] = order.force;
    for (;;) {
        monitor.forget_events();
        const auto done = monitor.ask(command, arguments, order.deadline);
        if (done) return {};
        if (done.error().message.find("is locked") == std::string::npos) {
            return fail(kind_of(done.error()), "{}", done.error().message);
        }
        const auto moved = monitor.wait_event({"DEVICE_TRAY_MOVED"}, order.deadline);
        if (moved) continue;
        if (moved.error().kind != ErrorKind::timeout) return std::unexpected(moved.error());
        return fail(ErrorKind::busy, "the guest keeps {} locked; unmount it there, or use --force", printable(drive.name(), 64));
    }
}

Result<std::string> vnc_uri(QmpClient& monitor, const Order& order) {
    const auto vnc = monitor.ask("query-vnc", order.deadline);
    if (!vnc) return vnc.error().kind == ErrorKind::unsupported ? Result<std::string>("") : std::unexpected(vnc.error());
    if (!flag_at(*vnc, "enabled")) return "";
    std::string host = printable(text_at(*vnc, "host"));
    const std::string service = text_at(*vnc, "service");
    if (text_at(*vnc, "family") == "unix") return "vnc+unix://" + printable(service);
    unsigned port = 0;
    const auto parsed = std::from_chars(service.data(), service.data() + service.size(), port);
    if (parsed.ec != std::errc{} || port < 5900) return "";
    if (host.empty() || host == "0.0.0.0" || host == "::") host = "127.0.0.1";
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    return fmt::format("vnc://{}:{}", host, port - 5900);
}

Result<std::string> spice_uri(QmpClient& monitor, const Order& order) {
    const auto spice = monitor.ask("query-spice", order.deadline);
    if (!spice) {
        return spice.error().kind == ErrorKind::unsupported ? Result<std::string>("") : std::unexpected(spice.error());
    }
    const Json& port = member(*spice, "port");
    if (!flag_at(*spice, "enabled") || !port.is_number_unsigned()) return "";
    std::string host = printable(text_at(*spice, "host"));
    if (host.empty() || host == "*" || host == "0.0.0.0" || host == "::") host = "127.0.0.1";
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    return fmt::format("spice://{}:{}", host, port.get<std::uint64_t>());
}

}  // namespace

Result<Answer> do_change_media(const Order& order, QmpClient& monitor) {
    if (!order.path.starts_with('/')) return fail(ErrorKind::malformed, "the image needs an absolute path");
    const auto drive = find_drive(order, monitor);
    if (!drive) return std::unexpected(drive.error());
    if (drive->medium == order.path) return already(fmt::format("{} has that medium", printable(drive->name(), 64)));
    if (order.dry_run) return said(fmt::format("would change the medium of {}", printable(drive->name(), 64)));
    // Raw: a guest must not choose by its first bytes how its host reads an image.
    auto changed = with_tray(order, *drive, monitor, "blockdev-change-medium", {{"filename", order.path}, {"format", "raw"}});
    if (!changed) return std::unexpected(changed.error());
    return said(fmt::format("{} has a new medium", printable(drive->name(), 64)));
}

Result<Answer> do_eject(const Order& order, QmpClient& monitor) {
    const auto drive = find_drive(order, monitor);
    if (!drive) return std::unexpected(drive.error());
    if (!drive->has_medium) return already(fmt::format("{} is empty", printable(drive->name(), 64)));
    if (order.dry_run) return said(fmt::format("would eject the medium of {}", printable(drive->name(), 64)));
    auto ejected = with_tray(order, *drive, monitor, "eject", Json::object());
    if (!ejected) return std::unexpected(ejected.error());
    return said(fmt::format("{} is empty", printable(drive->name(), 64)));
}

Result<Answer> do_domdisplay(const Order& order, QmpClient& monitor) {
    for (const auto find : {vnc_uri, spice_uri}) {
        const auto uri = find(monitor, order);
        if (!uri) return std::unexpected(uri.error());
        if (!uri->empty()) return said(*uri);
    }
    return fail(ErrorKind::absent, "has no display to connect to; add -vnc 127.0.0.1:0");
}

}  // namespace virtscope::qemu
