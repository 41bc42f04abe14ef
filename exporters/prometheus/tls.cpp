#include "exporters/prometheus/tls.h"

#include <algorithm>
#include <array>
#include <memory>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "exporters/base/guarded_file.h"

namespace virtscope::exporters {
namespace {

constexpr std::size_t longest_file = 1 << 20;  // bytes

gnutls_datum_t datum(const std::string& text) {
    // GnuTLS only reads it.
    auto* const bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
    return {.data = bytes, .size = static_cast<unsigned>(text.size())};
}

// Each file on its own first, so that a message names the right one.
Result<> check(const Tls& tls, const TlsPaths& paths) {
    gnutls_certificate_credentials_t raw = nullptr;
    if (gnutls_certificate_allocate_credentials(&raw) < 0) return fail(ErrorKind::system, "GnuTLS: out of memory");
    const std::unique_ptr<gnutls_certificate_credentials_st, decltype(&gnutls_certificate_free_credentials)>
        credentials(raw, gnutls_certificate_free_credentials);
    const gnutls_datum_t certificate = datum(tls.certificate);
    const gnutls_datum_t key = datum(tls.key);
    const int code = gnutls_certificate_set_x509_key_mem(raw, &certificate, &key, GNUTLS_X509_FMT_PEM);
    if (code < 0) {
        return fail(ErrorKind::malformed, "{} and {}: no certificate with its key in PEM: {}", paths.certificate,
                    paths.key, gnutls_strerror(code));
    }
    if (tls.client_ca.empty()) return {};
    const gnutls_datum_t trusted = datum(tls.client_ca);
    if (gnutls_certificate_set_x509_trust_mem(raw, &trusted, GNUTLS_X509_FMT_PEM) <= 0) {
        return fail(ErrorKind::malformed, "{}: no certificate in PEM", paths.client_ca);
    }
    return {};
}

bool has_name(gnutls_session_t session, const std::vector<std::string>& names) {
    unsigned count = 0;
    const gnutls_datum_t* const chain = gnutls_certificate_get_peers(session, &count);
    gnutls_x509_crt_t raw = nullptr;
    if (chain == nullptr || count == 0 || gnutls_x509_crt_init(&raw) < 0) return false;
    const std::unique_ptr<gnutls_x509_crt_int, decltype(&gnutls_x509_crt_deinit)> certificate(raw,
                                                                                              gnutls_x509_crt_deinit);
    if (gnutls_x509_crt_import(raw, chain, GNUTLS_X509_FMT_DER) < 0) return false;
    for (unsigned i = 0;; ++i) {
        std::array<char, 256> name{};
        std::size_t size = name.size();
        const int type = gnutls_x509_crt_get_subject_alt_name(raw, i, name.data(), &size, nullptr);
        if (type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) return false;
        if (type != GNUTLS_SAN_DNSNAME) continue;
        if (std::ranges::find(names, std::string_view(name.data(), size)) != names.end()) return true;
    }
}

int verify(gnutls_session_t session) {
    const auto* const tls = static_cast<const Tls*>(gnutls_session_get_ptr(session));
    static std::array<char, sizeof GNUTLS_KP_TLS_WWW_CLIENT> purpose{GNUTLS_KP_TLS_WWW_CLIENT};
    gnutls_typed_vdata_st for_clients{
        .type = GNUTLS_DT_KEY_PURPOSE_OID, .data = reinterpret_cast<unsigned char*>(purpose.data()), .size = 0};
    unsigned status = 0;
    if (gnutls_certificate_verify_peers(session, &for_clients, 1, &status) < 0 || status != 0) return -1;
    return tls->client_names.empty() || has_name(session, tls->client_names) ? 0 : -1;
}

}  // namespace

Result<> check_options(const TlsPaths& paths) {
    if (!paths.any()) return {};
    if (paths.certificate.empty()) {
        return fail(ErrorKind::malformed, "{} needs --web.tls-cert: give the server's certificate as well",
                    !paths.key.empty()         ? "--web.tls-key"
                    : !paths.client_ca.empty() ? "--web.tls-client-ca"
                                               : "--web.tls-client-name");
    }
    if (paths.key.empty())
        return fail(ErrorKind::malformed, "--web.tls-cert needs --web.tls-key: give the certificate's key as well");
    if (!paths.client_names.empty() && paths.client_ca.empty()) {
        return fail(ErrorKind::malformed,
                    "--web.tls-client-name needs --web.tls-client-ca: give the authority of clients as well");
    }
    return {};
}

Result<Tls> load_tls(const TlsPaths& paths) {
    if (auto whole = check_options(paths); !whole) return std::unexpected(whole.error());
    Tls tls;
    tls.client_names = paths.client_names;
    const auto read = [](const std::string& path, std::string& into, bool secret) -> Result<> {
        auto text = read_guarded_file(path, longest_file, secret ? "key" : "");
        if (!text) return std::unexpected(text.error());
        into = std::move(*text);
        return {};
    };
    if (auto done = read(paths.certificate, tls.certificate, false); !done) return std::unexpected(done.error());
    if (auto done = read(paths.key, tls.key, true); !done) return std::unexpected(done.error());
    if (!paths.client_ca.empty()) {
        if (auto done = read(paths.client_ca, tls.client_ca, false); !done) return std::unexpected(done.error());
    }
    if (auto sound = check(tls, paths); !sound) return std::unexpected(sound.error());
    return tls;
}

void demand_certificate(void* session, const Tls& tls) {
    auto* const gnutls = static_cast<gnutls_session_t>(session);
    gnutls_certificate_server_set_request(gnutls, GNUTLS_CERT_REQUIRE);
    gnutls_session_set_ptr(gnutls, const_cast<Tls*>(&tls));
    gnutls_session_set_verify_function(gnutls, verify);
}

}  // namespace virtscope::exporters
