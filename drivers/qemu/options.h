// Options: the value of one QEMU command-line option, taken apart.
//
// Two forms (qemu-options, "keyval" and JSON): `socket,id=m,path=/a,,b,server=on` with a doubled
// comma for a comma in a value, and `{"driver": "raw", "file": {"driver": "file"}}`, whose nested
// members become `file.driver`. The text is another process's command line: hostile and bounded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace virtscope::qemu {

class Options {
public:
    // `implied` is the key of a first element that has none: "guest" for -name, "driver" for -device.
    // A later element without '=' is a flag: `server` reads as server=on, `nowait` as wait=off.
    static Options parse(std::string_view text, std::string_view implied);

    // The last value of `key`, as QEMU takes it; empty if there is none.
    std::string_view get(std::string_view key) const;
    bool has(std::string_view key) const;
    // on/yes/true/1, off/no/false/0; anything else is `otherwise`.
    bool flag(std::string_view key, bool otherwise) const;

    const std::vector<std::pair<std::string, std::string>>& all() const { return pairs_; }

private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

// "16", "16M", "1.5G", "4194304k" in bytes; a bare number counts `unit` bytes. 0 if it is no size.
std::uint64_t parse_size(std::string_view text, std::uint64_t unit);

}  // namespace virtscope::qemu
