// virtscope-export graph: a picture of how a guest or the host went. `virtscope graph` is this.
#include <algorithm>
#include <filesystem>
#include <memory>

#include "core/clock.h"
#include "core/history/presence.h"
#include "core/history/series.h"
#include "core/text.h"
#include "core/time_text.h"
#include "exporters/base/census.h"
#include "exporters/base/complain.h"
#include "exporters/base/exit_codes.h"
#include "exporters/exporter.h"
#include "exporters/graph/given.h"
#include "exporters/graph/picture.h"
#include "exporters/rrd/daemon.h"
#include "exporters/rrd/options.h"

namespace virtscope::exporters::graph {
namespace {

using std::chrono::seconds;

constexpr std::int64_t second = 1'000'000'000;

int refuse(const Error& error, int code) {
    complain(error.message);
    return code;
}

// A point for two pixels, and none that is shorter than the agent's interval.
seconds step_of(const Words& words, const TimeRange& range, const Frame& newest) {
    const auto interval = newest.get(0, AgentMetric::tick_interval).value_or(second);
    const auto whole = static_cast<std::int64_t>(std::min<std::uint64_t>(interval, 3600ULL * second));
    const std::int64_t wanted = (range.to - range.from) * 2 / words.width;
    return seconds((std::max(wanted, whole) + second - 1) / second);
}

// The legend of many vCPUs must not take the place of their curves.
unsigned fitting_height(const Recipe& recipe) {
    constexpr unsigned usual = 400, line = 14;
    constexpr std::size_t usual_lines = 6;
    return usual + line * static_cast<unsigned>(std::max(recipe.quantities.size(), usual_lines) - usual_lines);
}

int draw(const Words& words, const Subject& subject, const TimeRange& range, Figures& figures) {
    const auto kind = kind_by_name(words.kind).value_or(Kind::cpu);
    std::vector<std::string> vcpus;
    if (kind == Kind::cpu && subject.uuid) {
        auto listed = figures.instances(Scope::Vcpu);
        if (!listed) return refuse(listed.error(), exit_failed);
        vcpus = std::move(*listed);
    }
    const Recipe recipe = recipe_of(kind, !subject.uuid, vcpus);
    const auto defined = figures.define(recipe.quantities);
    if (!defined) return refuse(defined.error(), exit_failed);
    const Error nothing{ErrorKind::absent,
                        fmt::format("{}: nothing is known of its {} in that range", subject.name, recipe.about)};
    if (defined->unknown.size() == recipe.quantities.size()) return refuse(nothing, exit_failed);
    const Picture picture{.file = words.output,
                          .title = subject.name + ": " + recipe.about,
                          .range = range,
                          .width = words.width,
                          .height = words.height != 0 ? words.height : fitting_height(recipe)};
    const auto drawn = graph::draw(picture, recipe, *defined);
    if (!drawn) return refuse(drawn.error(), exit_no_way);
    return *drawn ? exit_stopped : refuse(nothing, exit_failed);
}

int from_ring(const Words& words, const std::string& ring) {
    auto reader = RingReader::open(ring);
    if (!reader) return refuse(reader.error(), exit_no_ring);
    const auto newest = reader->newest();
    if (!newest) return refuse(newest.error(), exit_no_ring);
    auto range = range_of(words, (*newest)->realtime);
    if (!range) return refuse(range.error(), exit_usage);
    const auto held = clip_to_ring(*reader, *range);
    if (!held) return refuse(held.error(), exit_failed);
    Subject subject{.uuid = {}, .name = exported_text((*newest)->roster->host.name), .host = {}};
    if (words.subject != "host") {
        const auto guest = find_guest_in(*reader, *held, words.subject);
        if (!guest) return refuse(guest.error(), exit_failed);
        subject.uuid = guest->uuid;
        subject.name = exported_text(guest->name);
    }
    // Without --from, what there is fills the picture.
    if (words.from.empty()) range = *held;
    const seconds step = step_of(words, *range, **newest);
    range->from -= range->from % (step.count() * second);
    if (range->from < earliest) range->from += step.count() * second;
    return draw(words, subject, *range, *figures_of_ring(*reader, subject, *range, step));
}

// What rrdcached still holds would be missing in the picture.
Result<> flush(const Words& words) {
    if (words.rrd.daemon.empty()) return {};
    auto daemon = rrd::Daemon::at(words.rrd.daemon);
    if (!daemon) return std::unexpected(daemon.error());
    const auto done = daemon->ask("FLUSHALL");
    if (!done) return std::unexpected(done.error());
    return {};
}

int from_folder(const Words& words, const std::string& ring) {
    const auto layout = rrd::layout_of(words.rrd);
    if (!layout) return refuse(layout.error(), exit_usage);
    const auto range = range_of(words, clock_ns(CLOCK_REALTIME));
    if (!range) return refuse(range.error(), exit_usage);
    const auto subject = subject_of(words, ring, *layout, *range);
    if (!subject) return refuse(subject.error(), exit_failed);
    if (auto flushed = flush(words); !flushed) return refuse(flushed.error(), exit_no_way);
    const std::string folder = std::filesystem::absolute(words.rrd.folder).lexically_normal().string();
    return draw(words, *subject, *range, *figures_of_folder(folder, *layout, *subject));
}

int run(const Words& words, const Common& common) {
    if (auto format = format_of(words.output); !format)
        return refuse({format.error().kind, "--output " + format.error().message}, exit_usage);
    return words.rrd.folder.empty() ? from_ring(words, common.ring) : from_folder(words, common.ring);
}

Run declare(CLI::App& app) {
    const auto words = std::make_shared<Words>();
    declare_options(app, *words);
    return [words](const Common& common) { return run(*words, common); };
}

}  // namespace
}  // namespace virtscope::exporters::graph

namespace virtscope::exporters {

const Exporter graph_exporter{"graph", "Draws a guest or the host, from the ring or from RRDs, into a picture",
                              graph::declare, false};

}  // namespace virtscope::exporters
