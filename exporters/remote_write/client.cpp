#include "exporters/remote_write/client.h"

#include <algorithm>

#include "core/text.h"
#include "exporters/remote_write/secret.h"

namespace virtscope::exporters::remote_write {
namespace {

constexpr std::size_t kept_of_body = 512;                      // bytes
constexpr std::size_t longest_body = std::size_t{256} * 1024;  // bytes: nobody who takes samples says more
constexpr long connect_timeout = 10'000;                       // ms

}  // namespace

Client::Client(const CurlLibrary& library, Target target, std::function<bool()> give_up)
    : library_(library),
      target_(std::move(target)),
      give_up_(std::move(give_up)),
      handle_(library.curl_easy_init(), Cleanup{&library}) {
    set_target();
}

void Client::set_target() {
    set(CURLOPT_URL, target_.url.c_str());
    // Redirections are not followed: they would take the token somewhere else.
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(target_.timeout.count()));
    set(CURLOPT_CONNECTTIMEOUT_MS, std::min(connect_timeout, static_cast<long>(target_.timeout.count())));
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!target_.ca.empty()) set(CURLOPT_CAINFO, target_.ca.c_str());
    if (!target_.certificate.empty()) set(CURLOPT_SSLCERT, target_.certificate.c_str());
    if (!target_.key.empty()) set(CURLOPT_SSLKEY, target_.key.c_str());
    set(CURLOPT_USERAGENT, "virtscope-export/" VIRTSCOPE_VERSION);
    set(CURLOPT_POST, 1L);
    set(CURLOPT_ERRORBUFFER, error_.data());
    set(CURLOPT_WRITEFUNCTION, &Client::take_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Client::look_up);
    set(CURLOPT_XFERINFODATA, this);
}

void Client::add(Headers& headers, const std::string& line) const {
    // The list's head stays where it is; a list that could not be appended to is as it was.
    curl_slist* const longer = library_.curl_slist_append(headers.get(), line.c_str());
    if (longer != nullptr && !headers) headers.reset(longer);
}

Result<Client::Headers> Client::headers() {
    Headers headers(nullptr, Cleanup{&library_});
    for (const char* line : {"Content-Encoding: snappy", "Content-Type: application/x-protobuf",
                             "X-Prometheus-Remote-Write-Version: 0.1.0",
                             // Without it a request of more than a MiB waits for a word that few receivers say.
                             "Expect:"}) {
        add(headers, line);
    }
    if (auto done = authorize(headers); !done) return std::unexpected(done.error());
    return headers;
}

Result<> Client::authorize(Headers& headers) {
    if (!target_.bearer_token.empty()) {
        const auto token = read_secret(target_.bearer_token);
        if (!token) return std::unexpected(token.error());
        add(headers, "Authorization: Bearer " + *token);
    }
    if (!target_.basic_auth.empty()) {
        const auto both = read_secret(target_.basic_auth);
        if (!both) return std::unexpected(both.error());
        set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
        set(CURLOPT_USERPWD, both->c_str());
    }
    return {};
}

Answer Client::post(const std::string& packed) {
    const auto lines = headers();
    if (!lines) return {.verdict = Verdict::barred, .what = lines.error().message, .retry_after = {}};
    body_.clear();
    received_ = 0;
    error_.front() = '\0';
    set(CURLOPT_HTTPHEADER, lines->get());
    set(CURLOPT_POSTFIELDS, packed.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(packed.size()));
    const CURLcode code = library_.curl_easy_perform(handle_.get());
    set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
    return judge_transfer(code);
}

Answer Client::judge_transfer(CURLcode code) {
    // A body that is too long, and was not read to its end, says nothing against the status before it.
    if (code != CURLE_OK && code != CURLE_WRITE_ERROR) return failed(code);
    long status = 0;
    curl_off_t wish = 0;
    library_.curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    library_.curl_easy_getinfo(handle_.get(), CURLINFO_RETRY_AFTER, &wish);
    std::optional<std::chrono::seconds> retry_after;
    if (wish > 0) retry_after = std::chrono::seconds(wish);
    Answer answer = judge(status, body_, retry_after);
    if (!answer.what.empty()) answer.what = where() + ": " + answer.what;
    return answer;
}

Answer Client::failed(CURLcode code) const {
    const std::string why = printable(error_.front() != '\0' ? error_.data() : library_.curl_easy_strerror(code), 300);
    if (code == CURLE_SSL_CACERT_BADFILE)
        return {.verdict = Verdict::barred, .what = fmt::format("--tls-ca {}: {}", target_.ca, why), .retry_after = {}};
    if (code == CURLE_SSL_CERTPROBLEM)
        return {.verdict = Verdict::barred,
                .what = fmt::format("--tls-cert {} and --tls-key {}: {}", target_.certificate, target_.key, why),
                .retry_after = {}};
    return {.verdict = Verdict::later, .what = where() + ": " + why, .retry_after = {}};
}

std::string Client::where() const { return printable(target_.url, 200); }

std::size_t Client::take_body(const char* bytes, std::size_t size, std::size_t count, void* self) {
    Client& client = *static_cast<Client*>(self);
    const std::size_t all = size * count;
    client.received_ += all;
    client.body_.append(bytes, std::min(all, kept_of_body - client.body_.size()));
    return client.received_ > longest_body ? 0 : all;
}

int Client::look_up(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Client*>(self)->give_up_() ? 1 : 0;
}

}  // namespace virtscope::exporters::remote_write
