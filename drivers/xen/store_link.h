// StoreLink: one connection to xenstored. A call takes as long as xenstored likes, and nothing ends it: the library waits
// without a limit and keeps its socket to itself (xs_fileno is a pipe of its own). So links belong to a thread that can be
// left behind, and others see by `Asking` since when it waits.
//
// What the library leaves open: its reading thread closes the socket when xenstored goes, without a lock, while a question
// may just be on its way; in the moment between, the descriptor's number can be another file's. An event that is no pair of
// strings ends the process by assert(). Both take a xenstored that goes or is broken, not a guest.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "drivers/xen/store_library.h"

namespace virtscope::xen {

struct Asking {
    std::atomic<std::int64_t> since{0};  // CLOCK_MONOTONIC, ns; 0: nothing is being asked
    std::atomic<bool> stop{false};       // nothing more is to be asked
};

class StoreLink {
public:
    // Connects. Errors say where and why not.
    static Result<StoreLink> open(const StoreLibrary& library, std::shared_ptr<Asking> asking);

    // Whether the connection broke, or Asking::stop was set. All calls answer nothing from then on, so who has asked for
    // several things looks here before believing that they are absent.
    bool is_broken() const { return broken_ || asking_->stop; }

    // The value's bytes; none: there is no such node, or it may not be read.
    std::optional<std::string> read(const std::string& path);
    // Names of the nodes below; none are below a node that is not there.
    std::vector<std::string> list(const std::string& path);
    // False: refused, error_text() says why. A watch fires once when it is set.
    bool watch(const std::string& path);
    void unwatch(const std::string& path);
    // Asks for something that is always there.
    void probe();

    // Becomes readable when a watch fires.
    int descriptor() const { return library_->xs_fileno(handle_.get()); }
    // The path with which a watch fired; none: no more for now. Never waits.
    std::optional<std::string> next_event();

    std::int64_t answered_at() const { return answered_at_; }  // CLOCK_MONOTONIC, ns
    std::string error_text() const;                            // of the last question that was refused

private:
    struct Closer {
        const StoreLibrary* library;
        void operator()(XsHandle* handle) const { library->xs_close(handle); }
    };
    StoreLink(const StoreLibrary& library, std::shared_ptr<Asking> asking, XsHandle* handle);

    template <class Call>
    auto ask(Call call);
    void judge(int code);

    const StoreLibrary* library_;
    std::shared_ptr<Asking> asking_;
    std::unique_ptr<XsHandle, Closer> handle_;
    bool broken_ = false;
    std::int64_t answered_at_ = 0;
    int error_ = 0;
};

}  // namespace virtscope::xen
