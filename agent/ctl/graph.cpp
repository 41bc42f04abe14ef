// virtscope graph: what `virtscope-export graph` draws. Drawing takes librrd with all that it brings along, which this
// command does without; so the program beside it does it.
#include <cerrno>
#include <filesystem>
#include <vector>

#include <unistd.h>

#include "agent/ctl/commands.h"
#include "agent/ctl/output.h"

namespace virtscope {

int run_graph(const std::vector<std::string>& words) {
    std::error_code error;
    const auto own = std::filesystem::read_symlink("/proc/self/exe", error);
    const std::string program = (own.parent_path() / "virtscope-export").string();
    std::vector<std::string> arguments{"virtscope-export", "graph"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    std::vector<char*> pointers;
    pointers.reserve(arguments.size() + 1);
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    ::execv(program.c_str(), pointers.data());
    const int code = errno;
    return complain(fail_errno(code, "{}: cannot be run, and draws graphs", program).error(), exit_not_well);
}

}  // namespace virtscope
