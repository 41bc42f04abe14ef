// Scraper: a page of what the ring says now.
//
// Current values only: where the agent is silent the page says that, and how old the last sample is, but nothing of
// guests. Counters are those of the newest frame as it is, without timestamps. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exporters/base/filter.h"
#include "exporters/prometheus/inovex.h"
#include "exporters/prometheus/native.h"
#include "exporters/prometheus/status.h"

namespace virtscope::exporters {

struct ScrapeOptions {
    std::string ring;
    Filter filter;
    bool inovex = false;  // the names of prometheus-libvirt-exporter, too
};

class Scraper {
public:
    explicit Scraper(ScrapeOptions options, Watch::ReadNow read_now = virtscope::read_now);

    // Replaces what is in `page`.
    void scrape(Format format, Buffer& page);

    // As of now, without its frame: for a page that people read.
    Status look();

private:
    void write(const PageWriter& writer, const Status& status);
    void write_status(const PageWriter& writer, const Status& status) const;
    void write_own(const PageWriter& writer) const;
    void take_roster(const RosterPtr& roster);
    void say_change(const Status& status);

    // What follows from a roster; made when it changes.
    struct Prepared {
        Prepared(RosterPtr roster, const Filter& filter, bool with_inovex);
        Census census;
        NativeTexts native;
        std::optional<InovexTexts> inovex;
    };

    ScrapeOptions options_;
    Watch watch_;
    std::optional<Prepared> prepared_;
    std::uint64_t scrapes_ = 0;
    std::int64_t last_duration_ = 0;  // ns
    std::optional<bool> was_up_;
};

}  // namespace virtscope::exporters
