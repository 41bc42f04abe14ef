#include "exporters/prometheus/server.h"

#include <chrono>
#include <cstring>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <microhttpd.h>

#include "exporters/prometheus/answer.h"

namespace virtscope::exporters {
namespace {

constexpr std::size_t request_memory = 1 << 14;  // bytes a connection: longer headers are refused

Visitors::Time now() { return std::chrono::steady_clock::now(); }

Visitors::Visitor* visitor_of(MHD_Connection* connection) {
    const MHD_ConnectionInfo* const info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == nullptr ? nullptr : static_cast<Visitors::Visitor*>(info->socket_context);
}

}  // namespace

// What libmicrohttpd calls, in its thread.
struct Server::Callbacks {
    // Twice for each request: when its headers are there, and to be answered.
    static MHD_Result answer(void* cls, MHD_Connection* connection, const char* url, const char* method, const char*,
                             const char*, std::size_t* upload_size, void** request) {
        auto& server = *static_cast<Server*>(cls);
        if (*request == nullptr) {
            *request = cls;
            if (auto* const visitor = visitor_of(connection)) server.visitors_.asks(visitor, now());
            return MHD_YES;
        }
        if (*upload_size != 0) {
            *upload_size = 0;  // nobody wants it
            return MHD_YES;
        }
        try {
            return answer_with(connection, server.site_,
                               {.method = method, .path = url, .accept = {}, .accept_encoding = {}});
        } catch (const std::exception&) {
            return MHD_NO;  // this client is cut off, the others go on
        }
    }

    static void comes_or_leaves(void* cls, MHD_Connection* connection, void** context,
                                MHD_ConnectionNotificationCode code) {
        auto& server = *static_cast<Server*>(cls);
        if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
            if (*context != nullptr) server.visitors_.leaves(static_cast<Visitors::Visitor*>(*context));
            *context = nullptr;
            return;
        }
        const auto* const fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        if (fd != nullptr) *context = server.visitors_.comes(fd->connect_fd, now());
        if (!server.tls_ || server.tls_->client_ca.empty()) return;
        const auto* const session = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
        if (session != nullptr) demand_certificate(session->tls_session, *server.tls_);
    }

    // Paths are compared as they were sent: "/%00" is not "/".
    static std::size_t leave_escaped(void*, MHD_Connection*, char* text) { return std::strlen(text); }

    static void is_answered(void* cls, MHD_Connection* connection, void**, MHD_RequestTerminationCode) {
        auto& server = *static_cast<Server*>(cls);
        if (auto* const visitor = visitor_of(connection)) server.visitors_.is_answered(visitor, now());
    }
};

void Server::Stop::operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }

Server::Server(Site& site, ServerOptions options)
    : site_(site), options_(options), visitors_(options.patience, options.crowd) {}

Server::~Server() = default;

Result<> Server::start(Fd socket, std::optional<Tls> tls) {
    socket_ = std::move(socket);
    tls_ = tls ? std::make_unique<Tls>(std::move(*tls)) : nullptr;
    return serve(socket_.get());
}

Result<> Server::serve(int socket) {
    // The library closes the socket it is given.
    Fd own(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
    if (!own) return fail_errno(errno, "cannot serve");
    const auto idle = std::chrono::ceil<std::chrono::seconds>(options_.patience.idle).count();
    std::vector<MHD_OptionItem> options{
        {MHD_OPTION_LISTEN_SOCKET, own.get(), nullptr},
        {MHD_OPTION_CONNECTION_LIMIT, static_cast<std::intptr_t>(options_.most_visitors), nullptr},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, static_cast<std::intptr_t>(options_.most_of_one_address), nullptr},
        {MHD_OPTION_CONNECTION_TIMEOUT, static_cast<std::intptr_t>(idle), nullptr},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, static_cast<std::intptr_t>(request_memory), nullptr},
        {MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, nullptr},
        {MHD_OPTION_UNESCAPE_CALLBACK, reinterpret_cast<std::intptr_t>(&Callbacks::leave_escaped), this},
        {MHD_OPTION_NOTIFY_COMPLETED, reinterpret_cast<std::intptr_t>(&Callbacks::is_answered), this},
        {MHD_OPTION_NOTIFY_CONNECTION, reinterpret_cast<std::intptr_t>(&Callbacks::comes_or_leaves), this}};
    // Without a channel of its own the library would wake its thread by shutting the socket down, for restart() too.
    unsigned flags = MHD_USE_AUTO_INTERNAL_THREAD | MHD_USE_ITC;
    if (tls_) {
        flags |= MHD_USE_TLS;
        options.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, tls_->certificate.data()});
        options.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, tls_->key.data()});
        options.push_back({MHD_OPTION_HTTPS_PRIORITIES, 0, const_cast<char*>(tls_priorities)});
        if (!tls_->client_ca.empty()) options.push_back({MHD_OPTION_HTTPS_MEM_TRUST, 0, tls_->client_ca.data()});
    }
    options.push_back({MHD_OPTION_END, 0, nullptr});
    daemon_.reset(MHD_start_daemon(flags, 0, nullptr, nullptr, &Callbacks::answer, this, MHD_OPTION_ARRAY,
                                   options.data(), MHD_OPTION_END));
    if (!daemon_) return fail(ErrorKind::system, "cannot serve: libmicrohttpd did not start");
    (void)own.release();
    return {};
}

Result<> Server::restart(std::optional<Tls> tls) {
    daemon_.reset();
    tls_ = tls ? std::make_unique<Tls>(std::move(*tls)) : nullptr;
    return serve(socket_.get());
}

void Server::tend() { visitors_.show_out(now()); }

}  // namespace virtscope::exporters
