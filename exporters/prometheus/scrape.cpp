#include "exporters/prometheus/scrape.h"

#include <utility>

#include "core/clock.h"
#include "exporters/base/complain.h"
#include "exporters/base/own.h"

namespace virtscope::exporters {
namespace {

double seconds(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e9; }

void write_own_metric(const PageWriter& writer, const OwnMetric& metric) {
    std::string_view family = metric.name;
    if (metric.kind == Kind::counter) family.remove_suffix(std::string_view("_total").size());
    const Type type = metric.kind == Kind::counter ? Type::counter : Type::gauge;
    writer.one({family, metric.name, type, metric.unit, metric.help}, metric.value);
}

}  // namespace

Scraper::Prepared::Prepared(RosterPtr roster, const Filter& filter, bool with_inovex)
    : census(std::move(roster), filter), native(census) {
    if (with_inovex) inovex.emplace(census);
}

Scraper::Scraper(ScrapeOptions options, Watch::ReadNow read_now)
    : options_(std::move(options)), watch_(options_.ring, std::move(read_now)) {}

void Scraper::scrape(Format format, Buffer& page) {
    const std::int64_t began = clock_ns(CLOCK_MONOTONIC);
    page.clear();
    const PageWriter writer{page, format, options_.filter};
    const Status status = watch_.look();
    say_change(status);
    write(writer, status);
    append_end(page, format);
    ++scrapes_;
    last_duration_ = clock_ns(CLOCK_MONOTONIC) - began;
}

void Scraper::write(const PageWriter& writer, const Status& status) {
    write_status(writer, status);
    write_own(writer);
    if (!status.is_up) {
        if (options_.inovex) write_inovex_down(writer);
        return;
    }
    take_roster(status.frame->roster);
    writer.one({"virt_exporter_rows_left_out", "virt_exporter_rows_left_out", Type::gauge, "",
                "Guests whose UUID is taken, and devices of a guest that has too many"},
               static_cast<double>(prepared_->census.left_out()));
    write_native(writer, *status.frame, prepared_->census, prepared_->native, status.now);
    if (prepared_->inovex) write_inovex(writer, *status.frame, prepared_->census, *prepared_->inovex);
}

void Scraper::write_status(const PageWriter& writer, const Status& status) const {
    writer.one({"virt_up", "virt_up", Type::gauge, "",
                "1 if the agent's newest sample is current; otherwise nothing is said of guests"},
               status.is_up ? 1 : 0);
    if (!status.age) return;
    writer.one({"virt_sample_age_seconds", "virt_sample_age_seconds", Type::gauge, "seconds",
                "How old the agent's newest sample is"},
               seconds(status.age->count()));
}

void Scraper::write_own(const PageWriter& writer) const {
    writer.family({"virt_exporter", "virt_exporter_info", Type::info, "", "Version of the exporter"},
                  [](FamilyWriter& family) { family.sample("{version=\"" VIRTSCOPE_VERSION "\"} ", 1, 1); });
    for (const OwnMetric& metric : cost_metrics()) write_own_metric(writer, metric);
    writer.one(
        {"virt_exporter_scrapes", "virt_exporter_scrapes_total", Type::counter, "", "Pages made before this one"},
        static_cast<double>(scrapes_));
    if (scrapes_ == 0) return;
    writer.one({"virt_exporter_scrape_duration_seconds", "virt_exporter_scrape_duration_seconds", Type::gauge,
                "seconds", "How long it took to make the page before this one"},
               seconds(last_duration_));
}

void Scraper::take_roster(const RosterPtr& roster) {
    if (prepared_ && prepared_->census.roster() == roster) return;
    prepared_.emplace(roster, options_.filter, options_.inovex);
}

// Once a change, not once a scrape.
void Scraper::say_change(const Status& status) {
    if (was_up_ == status.is_up) return;
    if (!status.is_up) complain(status.complaint);
    if (status.is_up && was_up_) complain("the agent is back");
    was_up_ = status.is_up;
}

Status Scraper::look() {
    Status status = watch_.look();
    status.frame.reset();
    return status;
}

}  // namespace virtscope::exporters
