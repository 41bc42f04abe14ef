// Client: one receiver over HTTP or TLS, by libcurl, on one connection that is kept.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "exporters/remote_write/curl_library.h"
#include "exporters/remote_write/verdict.h"

namespace virtscope::exporters::remote_write {

struct Target {
    std::string url;
    std::string ca, certificate, key;           // paths, PEM; empty: the system's authorities; no certificate of ours
    std::string bearer_token, basic_auth;       // paths; empty: none
    std::chrono::milliseconds timeout{30'000};  // of one request
};

class Client {
public:
    // `give_up`: asked about each second while a request is on its way.
    Client(const CurlLibrary& library, Target target, std::function<bool()> give_up);

    // A request with that body. Files with secrets are read anew each time: they may be renewed while we run.
    Answer post(const std::string& packed);

private:
    struct Cleanup {
        const CurlLibrary* library;
        void operator()(CURL* handle) const { library->curl_easy_cleanup(handle); }
        void operator()(curl_slist* list) const { library->curl_slist_free_all(list); }
    };
    using Headers = std::unique_ptr<curl_slist, Cleanup>;

    template <class Value>
    void set(CURLoption option, Value value) {
        library_.curl_easy_setopt(handle_.get(), option, value);  // errors: only of memory, and of options not built in
    }
    void set_target();
    Result<Headers> headers();
    Result<> authorize(Headers& headers);
    void add(Headers& headers, const std::string& line) const;
    Answer judge_transfer(CURLcode code);
    Answer failed(CURLcode code) const;
    std::string where() const;

    static std::size_t take_body(const char* bytes, std::size_t size, std::size_t count, void* self);
    static int look_up(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

    const CurlLibrary& library_;
    Target target_;
    std::function<bool()> give_up_;
    std::unique_ptr<CURL, Cleanup> handle_;
    std::array<char, CURL_ERROR_SIZE> error_{};
    std::string body_;          // its first bytes
    std::size_t received_ = 0;  // bytes of it
};

}  // namespace virtscope::exporters::remote_write
