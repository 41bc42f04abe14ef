#include "fake_tree.h"

#include <algorithm>
#include <utility>

namespace virtscope::test {
namespace {

std::string_view next_part(std::string_view& path) {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(end);
    return part;
}

}  // namespace

void FakeTree::write(std::string_view path, std::string value) {
    Node* node = &root_;
    for (std::string_view part = next_part(path); !part.empty(); part = next_part(path)) {
        auto found = node->children.find(part);
        if (found == node->children.end()) {
            found = node->children.emplace(std::string(part), std::make_unique<Node>()).first;
        }
        node = found->second.get();
    }
    node->value = std::move(value);
}

bool FakeTree::remove(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    auto* const parent = const_cast<Node*>(find(path.substr(0, slash)));  // NOLINT: it is ours
    if (parent == nullptr) return false;
    const auto found = parent->children.find(path.substr(slash + 1));
    if (found == parent->children.end()) return false;
    parent->children.erase(found);
    return true;
}

std::optional<std::string> FakeTree::read(std::string_view path) const {
    const Node* const node = find(path);
    return node != nullptr ? std::optional(node->value) : std::nullopt;
}

std::optional<std::vector<std::string>> FakeTree::list(std::string_view path) const {
    const Node* const node = find(path);
    if (node == nullptr) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& [name, child] : node->children) names.push_back(name);
    return names;
}

const FakeTree::Node* FakeTree::find(std::string_view path) const {
    const Node* node = &root_;
    for (std::string_view part = next_part(path); !part.empty(); part = next_part(path)) {
        const auto found = node->children.find(part);
        if (found == node->children.end()) return nullptr;
        node = found->second.get();
    }
    return node;
}

}  // namespace virtscope::test
