// FakeXenstore: a xenstored behind a real socket, in a thread of its own, with a tree that tests change under it.
//
//     FakeXenstore xenstored;                        // XENSTORED_PATH names it from now on
//     xenstored.add_domain({.domid = 1, .uuid = uuid, .name = "web"});
//     … Store::open() …
//     xenstored.write("/local/domain/1/name", "www");  // fires watches
//
// One at a time in a process: all have the same socket, so that the environment is set once and never under a thread that
// reads it. All functions may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/fd.h"
#include "core/uuid.h"
#include "fake_tree.h"

namespace virtscope::test {

// A domain as libxl writes it down; disks are xvda, xvdb … (kernel backend, 16 MiB), networks are on xenbr0.
struct StoredDomain {
    std::uint32_t domid = 0;
    Uuid uuid;
    std::string name;
    unsigned disks = 1;
    unsigned networks = 1;
    std::uint64_t target_kib = 131072;
    std::string start_time = "1795449682.41";
};

class FakeXenstore {
public:
    FakeXenstore();
    ~FakeXenstore();
    FakeXenstore(const FakeXenstore&) = delete;
    FakeXenstore& operator=(const FakeXenstore&) = delete;

    // The tree. Each change fires the watches on the path, above it and, where it is removed, below it.
    void write(const std::string& path, const std::string& value);
    void remove(const std::string& path);
    void add_domain(const StoredDomain& domain);
    void remove_domain(const StoredDomain& domain);
    // Lines as `xenstore-ls -f` or `-fp` prints them.
    void load(std::string_view listing);

    // How it behaves.
    void hang(bool hanging);            // takes questions and answers none; they are answered when it ends
    void refuse_watches(bool refusing); // with EQUOTA
    void drop();                        // closes the connections there are
    void drop_after(std::uint64_t questions);  // closes each connection at the question after so many; 0: none
    void say(std::string_view bytes);   // to the connections there are, whatever it means
    void stop();                        // gone: no socket, no connections; the tree is kept
    void start();
    // Fires the watches that `path` fires, so often a second and as evenly as the clock allows; 0 ends it. Where a client
    // does not read as fast, events are left out.
    void storm(const std::string& path, std::uint64_t per_second);

    // What it has seen.
    std::uint64_t requests() const { return requests_; }
    std::uint64_t reads(const std::string& path) const;  // XS_READ alone
    std::uint64_t events() const { return events_; }     // sent, or on their way
    std::uint64_t connections() const { return connections_; }  // ever
    std::size_t watches() const;                         // set now
    std::chrono::nanoseconds cpu() const;                // of its thread

private:
    struct Client {
        Fd fd;
        std::string in;
        std::string out;
        std::map<std::string, std::vector<std::string>> watches;  // tokens by path
        std::uint64_t asked = 0;
        bool closed = false;
    };
    static Fd listen();
    void serve();
    void turn(int timeout_ms);
    void accept();
    void receive(Client& client);
    void answer(Client& client);
    void carry_out(Client& client, std::string_view header, std::string_view body);
    void set_watch(Client& client, std::string_view header, std::string_view body);
    void remove_watch(Client& client, std::string_view header, std::string_view body);
    void list_part(Client& client, std::string_view header, std::string_view body);
    void fire(std::string_view path, bool removed);
    void fire(Client& client, std::string_view path, bool removed);
    void add_event(Client& client, std::string_view path, std::string_view token);
    void blow();
    static void send(Client& client);
    void wake() const;

    const Fd bell_;
    mutable std::mutex mutex_;
    Fd listener_;       // of the thread
    Fd next_listener_;  // for it to take
    bool stopped_ = false;
    FakeTree tree_;
    std::vector<std::unique_ptr<Client>> clients_;
    std::map<std::string, std::uint64_t> reads_;
    bool hanging_ = false;
    bool refusing_ = false;
    std::uint64_t drop_after_ = 0;
    std::string storm_path_;
    std::uint64_t storm_rate_ = 0;
    std::uint64_t blown_ = 0;
    std::int64_t storm_began_ = 0;
    std::atomic<std::uint64_t> requests_{0};
    std::atomic<std::uint64_t> events_{0};
    std::atomic<std::uint64_t> connections_{0};
    std::atomic<bool> ending_{false};
    std::thread thread_;
};

}  // namespace virtscope::test
