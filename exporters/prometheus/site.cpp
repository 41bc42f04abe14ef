#include "exporters/prometheus/site.h"

#include <fmt/format.h>

#include "core/text.h"
#include "exporters/prometheus/negotiation.h"

namespace virtscope::exporters {
namespace {

std::string in_html(std::string_view text) {
    std::string out;
    for (const char c : printable(text, 512)) {
        switch (c) {
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '&': out += "&amp;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += c;
        }
    }
    return out;
}

std::string said_of(const Status& status) {
    if (!status.is_up) return "down: " + status.complaint;
    return "up: the newest sample is " + human_duration(status.age ? status.age->count() : 0) + " old";
}

}  // namespace

Site::Site(ScrapeOptions options, std::string telemetry_path, std::size_t most_pages)
    : path_(std::move(telemetry_path)), scraper_(std::move(options)), pages_(most_pages) {}

Reply Site::answer(const Question& question) {
    if (question.method != "GET" && question.method != "HEAD")
        return {.status = 405, .page = {}, .text = "only GET and HEAD\n"};
    if (question.path == path_) return metrics(question);
    if (question.path == "/") return landing();
    if (question.path == "/-/healthy") return {.page = {}, .text = "healthy\n"};
    if (question.path == "/-/ready") return ready();
    return {.status = 404, .page = {}, .text = "not found; metrics are at " + path_ + "\n"};
}

Reply Site::metrics(const Question& question) {
    auto page = pages_.lend();
    if (!page) return {.status = 503, .page = {}, .text = "too many scrapes at a time\n"};
    const Format format = wanted_format(question.accept);
    Reply reply{.type = content_type(format), .gzip = takes_gzip(question.accept_encoding), .page = {}, .text = {}};
    scraper_.scrape(format, *page);
    reply.page = reply.gzip ? packed(std::move(page)) : std::move(page);
    return reply;
}

// The large page is free again at once, however long the client takes for the small one.
std::unique_ptr<Buffer> Site::packed(std::unique_ptr<Buffer> page) {
    auto small = std::make_unique<Buffer>();
    gzip_.pack(page->view(), *small);
    pages_.exchange(std::move(page));
    return small;
}

void Site::done(Reply reply) {
    if (reply.gzip) {
        pages_.gone();
    } else if (reply.page) {
        pages_.take_back(std::move(reply.page));
    }
}

Reply Site::landing() {
    constexpr std::string_view form =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><title>virtscope</title></head>\n<body><h1>virtscope exporter</h1>\n"
        "<p>Version {}. <a href=\"{}\">Metrics</a>.</p>\n<p>{}</p>\n</body></html>\n";
    return {.type = "text/html; charset=utf-8",
            .page = {},
            .text = fmt::format(form, VIRTSCOPE_VERSION, in_html(path_), in_html(said_of(scraper_.look())))};
}

Reply Site::ready() {
    const Status status = scraper_.look();
    return {.status = status.is_up ? 200U : 503U, .page = {}, .text = printable(said_of(status), 512) + "\n"};
}

}  // namespace virtscope::exporters
