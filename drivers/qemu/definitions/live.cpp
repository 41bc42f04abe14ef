#include "drivers/qemu/definitions/live.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>

#include "drivers/qemu/definitions/launch.h"
#include "drivers/qemu/definitions/xml.h"

namespace virtscope::qemu {
namespace {

using Steady = std::chrono::steady_clock;

Element* find(Element& in, std::string_view name) {
    const auto found = std::ranges::find(in.children, name, &Element::name);
    return found != in.children.end() ? &*found : nullptr;
}

Element& make(Element& in, const std::string& name) {
    if (Element* there = find(in, name)) return *there;
    return in.children.emplace_back(Element{name, in.line, {}, {}, {}});
}

void set(Element& in, const std::string& name, std::string value) {
    const auto there = std::ranges::find(in.attributes, name, &std::pair<std::string, std::string>::first);
    if (there != in.attributes.end())
        there->second = std::move(value);
    else
        in.attributes.emplace_back(name, std::move(value));
}

Result<> set_machine(Element& domain, QmpClient& control, Steady::time_point deadline) {
    const auto type = control.ask("qom-get", {{"path", "/machine"}, {"property", "type"}}, deadline);
    if (!type) return std::unexpected(type.error());
    std::string name = type->is_string() ? type->get<std::string>() : std::string();
    constexpr std::string_view ending = "-machine";
    if (!name.ends_with(ending)) return {};  // what it was started with will have to do
    name.resize(name.size() - ending.size());
    Element& element = make(make(domain, "os"), "type");
    if (element.text.empty()) element.text = "hvm";
    set(element, "machine", std::move(name));
    return {};
}

Result<> set_vcpus(Element& domain, QmpClient& control, Steady::time_point deadline) {
    const auto cpus = control.ask("query-cpus-fast", deadline);
    if (!cpus) return std::unexpected(cpus.error());
    Element* vcpu = find(domain, "vcpu");
    if (vcpu != nullptr && cpus->is_array() && !cpus->empty()) set(*vcpu, "current", std::to_string(cpus->size()));
    return {};
}

void set_medium(Element& disk, const std::string& path) {
    std::erase_if(disk.children, [](const Element& child) { return child.name == "source"; });
    if (path.empty()) return;
    const bool device = path.starts_with("/dev/");
    set(disk, "type", device ? "block" : "file");
    disk.children.push_back({"source", disk.line, {{device ? "dev" : "file", path}}, {}, {}});
}

Result<> set_media(Element& domain, QmpClient& control, Steady::time_point deadline) {
    const auto drives = control.ask("query-block", deadline);
    if (!drives) return std::unexpected(drives.error());
    Element* devices = find(domain, "devices");
    if (devices == nullptr || !drives->is_array()) return {};
    for (Element& disk : devices->children) {
        const Element* target = disk.child("target");
        if (disk.name != "disk" || disk.value("device") != "cdrom" || target == nullptr) continue;
        const std::string id(target->value("dev"));
        const auto drive = std::ranges::find_if(*drives, [&](const Json& one) {
            const std::string qdev = text_at(one, "qdev");
            return qdev == id || qdev == "/machine/peripheral/" + id;
        });
        if (drive != drives->end()) set_medium(disk, text_at(member(*drive, "inserted"), "file"));
    }
    return {};
}

bool ended_by(const Process& process, Steady::time_point deadline) {
    for (;;) {
        pollfd watched{process.pidfd(), POLLIN, 0};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now()).count();
        if (::poll(&watched, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000))) > 0) return true;
        if (Steady::now() >= deadline) return false;
    }
}

}  // namespace

Result<LiveRun> open_run(const std::string& proc, const std::string& run_folder, Steady::time_point deadline) {
    const auto pid = runs_in(run_folder);
    if (!pid) return fail(ErrorKind::absent, "it has ended");
    auto process = Process::open(proc, *pid);
    if (!process) return std::unexpected(process.error());
    Endpoint endpoint;
    endpoint.kind = Endpoint::Kind::unix_path;
    endpoint.path = run_folder + "/control.sock";
    auto control = QmpClient::connect(endpoint, *process, deadline);
    if (!control) return std::unexpected(control.error());
    return LiveRun{std::move(*process), std::move(*control)};
}

bool end_run(const Process& process, Steady::duration patience) {
    if (ended_by(process, Steady::now() + patience)) return true;
    ::syscall(SYS_pidfd_send_signal, process.pidfd(), SIGKILL, nullptr, 0);
    return ended_by(process, Steady::now() + std::chrono::seconds(5));
}

Result<std::string> xml_of_now(const std::string& xml, QmpClient& control, Steady::time_point deadline) {
    auto domain = read_xml(xml);
    if (!domain) return std::unexpected(domain.error());
    for (const auto step : {set_machine, set_vcpus, set_media}) {
        if (auto done = step(*domain, control, deadline); !done) return std::unexpected(done.error());
    }
    return write_xml(*domain);
}

}  // namespace virtscope::qemu
