// FakeTree: xenstored's nodes, for FakeXenstore.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace virtscope::test {

class FakeTree {
public:
    // Makes the nodes above it, too.
    void write(std::string_view path, std::string value);
    // With all that is below; false: there is no such node.
    bool remove(std::string_view path);
    std::optional<std::string> read(std::string_view path) const;
    // Names of the nodes directly below.
    std::optional<std::vector<std::string>> list(std::string_view path) const;

private:
    struct Node {
        std::string value;
        std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
    };
    const Node* find(std::string_view path) const;

    Node root_;
};

}  // namespace virtscope::test
