#include "top/compose/backdrop.h"

#include <algorithm>

#include "top/compose/arrange.h"

namespace virtscope::top {
namespace {

constexpr std::size_t most_events = 50;

CpuScale scale_of(const Frame& frame, const Session& session, const std::optional<RowId>& row) {
    const auto vcpus = row ? frame.get(row->guest, GuestMetric::vcpus) : std::nullopt;
    const auto cpus = frame.get(0, HostMetric::cpus);
    switch (session.options.cpu_base) {
        case CpuBase::host:
            if (cpus && *cpus != 0) return {static_cast<double>(*cpus), "of the host"};
            break;
        case CpuBase::vcpus:
            if (vcpus && *vcpus != 0) return {static_cast<double>(*vcpus), "of its vCPUs"};
            break;
        case CpuBase::one_cpu: break;
    }
    return {};
}

DetailData detail_of(Past* past, const Scene& scene, const Session& session, Size size, bool unicode) {
    const Subject& subject = *session.subject;
    const Frame& frame = scene.hosts[subject.host].picture.frame();
    DetailData data{.guest = subject.uuid, .name = subject.name};
    data.cpu = scale_of(frame, session, find_guest(scene, subject));
    if (past == nullptr) return data;
    const CurvesWanted wanted{.guest = subject.uuid, .steps = detail_steps(size.columns, unicode)};
    if (auto curves = past->curves(frame, wanted)) data.curves = std::move(*curves);
    if (auto events = past->events(frame, subject.uuid, most_events)) data.events = std::move(*events);
    return data;
}

}  // namespace

std::size_t host_in_view(const Scene& scene, const Session& session) {
    const auto is_known = [&](std::size_t host) { return host < scene.hosts.size() && scene.hosts[host].is_known(); };
    if (session.subject && is_known(session.subject->host)) return session.subject->host;
    const auto known = std::ranges::find_if(scene.hosts, &Host::is_known);
    return known == scene.hosts.end() ? 0 : static_cast<std::size_t>(known - scene.hosts.begin());
}

Backdrop backdrop_of(Past* past, const Scene& scene, const Session& session, Size size, bool unicode) {
    Backdrop backdrop{.unicode = unicode};
    const Host& host = scene.hosts[host_in_view(scene, session)];
    if (!host.is_known()) return backdrop;
    if (session.view == View::detail && session.subject && scene.hosts[session.subject->host].is_known()) {
        backdrop.detail = detail_of(past, scene, session, size, unicode);
    }
    if (past == nullptr || !(session.time_bar || scene.is_history())) return backdrop;
    if (auto time = past->time_line(host.picture.frame())) backdrop.time = std::move(*time);
    return backdrop;
}

}  // namespace virtscope::top
