// TLS of the server: files read and checked before anybody connects, and clients held to a certificate.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"

namespace virtscope::exporters {

struct TlsPaths {
    std::string certificate, key, client_ca;  // PEM files; without certificate and key no TLS
    std::vector<std::string> client_names;    // of clients that are let in: a DNS name in their certificate, exactly

    bool any() const { return !certificate.empty() || !key.empty() || !client_ca.empty() || !client_names.empty(); }
};

// Whether all options are given that those given need. Errors: malformed, with the one that is missing.
Result<> check_options(const TlsPaths& paths);

// What the files hold.
struct Tls {
    std::string certificate, key, client_ca;
    std::vector<std::string> client_names;
};

// Errors: absent, denied (a key that all users can read, too), malformed (no certificate, no key, a key of another
// certificate); each a line that names the file.
Result<Tls> load_tls(const TlsPaths& paths);

// What is offered: TLS 1.2 and 1.3, no compatibility below.
inline constexpr const char* tls_priorities = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE";

// Has the handshake of a gnutls_session_t fail for clients without a certificate that `tls.client_ca` has signed for
// this use and, where there are names, that has one of them. `tls` must outlive the session.
void demand_certificate(void* session, const Tls& tls);

}  // namespace virtscope::exporters
