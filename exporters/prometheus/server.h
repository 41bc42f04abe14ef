// Server: the site on a socket, by libmicrohttpd. One thread of its own answers; connections, their memory and their
// time are bounded.
#pragma once

#include <memory>
#include <optional>

#include "core/fd.h"
#include "exporters/prometheus/site.h"
#include "exporters/prometheus/tls.h"
#include "exporters/prometheus/visitors.h"

struct MHD_Daemon;

namespace virtscope::exporters {

struct ServerOptions {
    Patience patience;
    std::size_t most_visitors = 64;
    std::size_t most_of_one_address = 32;
    std::size_t crowd = 24;  // whoever comes from one address alone can be one, too
};

class Server {
public:
    Server(Site& site, ServerOptions options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Serves on `socket`, with TLS where there is one. Errors: system.
    Result<> start(Fd socket, std::optional<Tls> tls);
    // Goes on with another certificate; who is connected now is cut off. On an error the server goes on as it was, if
    // it can. Errors: system.
    Result<> restart(std::optional<Tls> tls);

    // To be called about once a second: ends connections whose time is over.
    void tend();

private:
    struct Callbacks;
    struct Stop {
        void operator()(MHD_Daemon* daemon) const;
    };

    Result<> serve(int socket);

    Site& site_;
    ServerOptions options_;
    Visitors visitors_;
    std::unique_ptr<Tls> tls_;  // where connections find it
    Fd socket_;
    std::unique_ptr<MHD_Daemon, Stop> daemon_;
};

}  // namespace virtscope::exporters
