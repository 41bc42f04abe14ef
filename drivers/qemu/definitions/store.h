// Store: definitions kept as files, STATE/guests/NAME.xml.
// A file is replaced as a whole or not at all. Not thread-safe: Definitions locks.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "drivers/qemu/definitions/domain_xml.h"
#include "drivers/qemu/definitions/xml.h"

namespace virtscope::qemu {

class Store {
public:
    explicit Store(const std::string& state_folder) : folder_(state_folder + "/guests") {}

    struct Kept {
        std::vector<Definition> guests;     // by name
        std::vector<std::string> problems;  // a line for each file that cannot be used
    };
    Kept all() const;
    // Errors: absent, malformed (the file was damaged), system.
    Result<Definition> read(const std::string& name) const;
    Result<> write(const Definition& guest) const;
    // Is it started with the agent?
    bool is_marked(const std::string& name) const;
    Result<> mark(const std::string& name, bool on) const;
    // With its mark. Errors: absent.
    Result<> remove(const std::string& name) const;
    const std::string& folder() const { return folder_; }

private:
    std::string path(const std::string& name) const { return folder_ + "/" + name + ".xml"; }
    std::string link(const std::string& name) const { return folder_ + "/autostart/" + name + ".xml"; }
    std::string folder_;
};

// The folder and those above it, for the owner alone where they are made.
Result<> make_folders(const std::string& path);
// What lies there is done as whoever we are: a folder that others can write, or a link, is refused. None there: fine.
// Errors: denied.
Result<> check_own_folder(const std::string& path);
// Written beside, synced, put in place, and the folder synced.
Result<> replace_file(const std::string& path, const std::string& text);
Result<> sync_folder(const std::string& path);
Result<std::string> read_small_file(const std::string& path, std::size_t most);

}  // namespace virtscope::qemu
