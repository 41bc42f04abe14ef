#include "exporters/prometheus/tls.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/core/sample.h"

using namespace virtscope;
using namespace virtscope::exporters;

namespace {

std::string complaint(const TlsPaths& paths) {
    const auto loaded = load_tls(paths);
    return loaded ? "" : loaded.error().message;
}

}  // namespace

TEST_CASE("what is wrong with a certificate is said with its file") {
    const sample::Directory folder;
    const std::string garbage = folder.file("garbage.pem"), key = folder.file("key.pem"),
                      none = folder.file("none.pem");
    sample::write_all(garbage, "-----BEGIN CERTIFICATE-----\nnot base64\n-----END CERTIFICATE-----\n");
    sample::write_all(key, "nothing");
    std::filesystem::permissions(key, std::filesystem::perms::owner_read);
    CHECK(
        complaint({.certificate = garbage, .key = "", .client_ca = "", .client_names = {}}).contains("--web.tls-key"));
    CHECK(complaint({.certificate = "", .key = key, .client_ca = "", .client_names = {}}).contains("--web.tls-cert"));
    CHECK(complaint({.certificate = none, .key = key, .client_ca = "", .client_names = {}}).contains(none));
    CHECK(complaint({.certificate = garbage, .key = key, .client_ca = "", .client_names = {}}).contains(garbage));
    CHECK(complaint({.certificate = garbage, .key = key, .client_ca = "", .client_names = {"prom"}})
              .contains("--web.tls-client-ca"));
}

TEST_CASE("a key that everybody can read is refused") {
    const sample::Directory folder;
    const std::string certificate = folder.file("cert.pem"), key = folder.file("key.pem");
    sample::write_all(certificate, "x");
    sample::write_all(key, "x");
    std::filesystem::permissions(key, std::filesystem::perms::owner_read | std::filesystem::perms::others_read);
    CHECK(
        complaint({.certificate = certificate, .key = key, .client_ca = "", .client_names = {}}).contains("chmod o-r"));
}
