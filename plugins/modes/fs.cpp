// fs: how full are the file systems inside the guests? Told by their guest agents.
#include <array>

#include "plugins/judge/judge.h"
#include "plugins/modes/modes.h"

namespace virtscope::checks {
namespace {

Value used(const Sight& sight) {
    const auto total = sight.gauge(FilesystemMetric::total_bytes);
    const auto bytes = sight.gauge(FilesystemMetric::used_bytes);
    if (!total || !bytes || *total <= 0 || *bytes > *total) return {};
    return Value(*bytes / *total * 100);
}

Value left(const Sight& sight) {
    const auto total = sight.gauge(FilesystemMetric::total_bytes);
    const auto bytes = sight.gauge(FilesystemMetric::used_bytes);
    if (!total || !bytes || *bytes > *total) return {};
    return Value(*total - *bytes);
}

constexpr std::array<Measure, 2> measures{{
    {.label = "used", .unit = "%", .noun = "in use", .scope = Scope::Filesystem, .momentary = true, .read = used,
     .warning = "80", .critical = "90"},
    {.label = "free", .unit = "B", .noun = "free space", .scope = Scope::Filesystem, .momentary = true, .lower_is_worse = true,
     .read = left},
}};

std::string why_unknown(const Frame& frame, std::size_t guest) {
    const auto answers = frame.get(guest, GuestMetric::guest_agent);
    if (!answers) return "its guest agent is not asked: it has none, or [guest_agent] is off in virtscoped's configuration";
    return *answers == 0 ? "its guest agent is silent" : "its guest agent tells of none";
}

Result<Report> run(const Request& request, Snapshot& snapshot) {
    return judge_measures(request, snapshot, {.why_unknown = why_unknown, .nothing = "file systems are not known"});
}

}  // namespace

const Mode fs_mode{.name = "fs",
                   .service = "FS",
                   .help = "File systems inside each guest, as its guest agent tells: how full, how much is free",
                   .example = "-w 80 -c used=95,free=1GiB:",
                   .about = About::devices,
                   .measures = measures,
                   .window = "60s",
                   .run = run};

}  // namespace virtscope::checks
