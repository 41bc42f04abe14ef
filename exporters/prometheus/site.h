// Site: what is answered to which request. Knows nothing of sockets.
//
//     /metrics (or where it was put)   the page, as the client's Accept and Accept-Encoding want it
//     /                                for people: what this is and whether all is well
//     /-/healthy                       200 while the exporter runs
//     /-/ready                         200 while the agent is at work, else 503
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "exporters/prometheus/gzip.h"
#include "exporters/prometheus/pages.h"
#include "exporters/prometheus/scrape.h"

namespace virtscope::exporters {

struct Question {
    std::string_view method, path, accept, accept_encoding;
};

struct Reply {
    unsigned status = 200;
    std::string_view type = "text/plain; charset=utf-8";  // static
    bool gzip = false;
    std::unique_ptr<Buffer> page;  // null: `text` is the body. The reply is to be given back with done()
    std::string text;
};

class Site {
public:
    // `telemetry_path`: where the metrics are; begins with '/'.
    Site(ScrapeOptions options, std::string telemetry_path, std::size_t most_pages);

    Reply answer(const Question& question);
    void done(Reply reply);

private:
    Reply metrics(const Question& question);
    std::unique_ptr<Buffer> packed(std::unique_ptr<Buffer> page);
    Reply landing();
    Reply ready();

    std::string path_;
    Scraper scraper_;
    Pages pages_;
    Gzip gzip_;
};

}  // namespace virtscope::exporters
