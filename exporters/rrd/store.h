// Store: where RRDs are: files that we write ourselves, or rrdcached, which gathers updates and writes them later.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "exporters/rrd/archive.h"
#include "exporters/rrd/file.h"

namespace virtscope::exporters::rrd {

struct Update {
    const std::string* path;
    std::string_view values;  // one or more updates, a blank between: "1700000009:U 1700000010:17"
};

struct Refused {
    std::size_t update = 0;  // its number among those given
    Error error{};           // absent: there is no such file
};

// How a file is made where there is none.
struct Making {
    std::chrono::seconds step;
    std::chrono::seconds heartbeat;
    Archives archives;
};

class Store {
public:
    virtual ~Store() = default;

    // Looks at a file, and makes it if it is not there, its folder too. The first update will come after `begin` (s).
    // Called in a thread of its own beside update(). Errors: denied, malformed: that file is of no use; others: files
    // cannot be made just now.
    virtual Result<Existing> prepare(const File& file, std::int64_t begin, const Making& making) = 0;
    // Updates that are not after the file's last one are left out in silence. Answers those that were refused
    // otherwise. Errors: the store does not answer; then it is not known which updates it has, and all are to be sent
    // again.
    virtual Result<std::vector<Refused>> update(std::span<const Update> updates) = 0;
    // Nothing is written to that file any more. Called in the thread of prepare().
    virtual Result<> forget(const std::string& path) = 0;
};

// Files below `folder`, by librrd.
Result<std::unique_ptr<Store>> open_folder_store(const std::string& folder);
// `address`: "unix:/path" or "/path". It is connected to when it is needed. Errors: malformed.
Result<std::unique_ptr<Store>> open_daemon_store(const std::string& address, const std::string& folder);

// "DS:…" and "RRA:…" of a new file.
std::vector<std::string> definitions(const FileType& type, const Making& making);
// Makes the folder of `path` below `root`; what stands there must be folders, not links. Errors: malformed (there is
// something else), system.
Result<> make_folder_of(const std::string& path, const std::string& root);

}  // namespace virtscope::exporters::rrd
