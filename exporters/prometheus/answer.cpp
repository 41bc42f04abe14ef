#include "exporters/prometheus/answer.h"

#include <memory>
#include <utility>

namespace virtscope::exporters {
namespace {

std::string_view header(MHD_Connection* connection, const char* name) {
    const char* const value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
    return value == nullptr ? std::string_view() : value;
}

// A page on its way to a client.
struct Lent {
    Site& site;
    Reply reply;
};

void give_back(void* cls) {
    const std::unique_ptr<Lent> lent(static_cast<Lent*>(cls));
    lent->site.done(std::move(lent->reply));
}

MHD_Response* response_of(Site& site, Reply reply) {
    if (!reply.page) {
        return MHD_create_response_from_buffer(reply.text.size(), reply.text.data(), MHD_RESPMEM_MUST_COPY);
    }
    auto* const lent = new Lent{site, std::move(reply)};  // give_back() deletes it
    Buffer& page = *lent->reply.page;
    MHD_Response* const response =
        MHD_create_response_from_buffer_with_free_callback_cls(page.size(), page.data(), give_back, lent);
    if (response == nullptr) give_back(lent);
    return response;
}

MHD_Result send(MHD_Connection* connection, Site& site, Reply reply) {
    const unsigned status = reply.status;
    const bool gzip = reply.gzip;
    const std::string type(reply.type);
    MHD_Response* const response = response_of(site, std::move(reply));
    if (response == nullptr) return MHD_NO;
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type.c_str());
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, "Accept, Accept-Encoding");
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (gzip) (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    const MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

}  // namespace

MHD_Result answer_with(MHD_Connection* connection, Site& site, Question question) {
    question.accept = header(connection, MHD_HTTP_HEADER_ACCEPT);
    question.accept_encoding = header(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING);
    return send(connection, site, site.answer(question));
}

}  // namespace virtscope::exporters
