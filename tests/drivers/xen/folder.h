// A folder of a test's own, and waiting for what it awaits.
#pragma once

#include <chrono>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include <fmt/format.h>

namespace virtscope::test {

class Folder {
public:
    Folder() {
        char name[] = "/tmp/virtscope-xen-XXXXXX";
        root = ::mkdtemp(name);
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(root, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    // As libxl calls it.
    std::string socket(int domid) const { return root / fmt::format("qmp-libxenstat-{}", domid); }

    std::filesystem::path root;
};

// Until it is so, half a minute at most.
inline void await(const std::function<bool()>& is_so) {
    const auto begin = std::chrono::steady_clock::now();
    while (!is_so()) {
        REQUIRE(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

}  // namespace virtscope::test
