// FakeXenstore: what it answers, and which watches fire.
#include <algorithm>
#include <cstdlib>

#include "fake_wire.h"
#include "fake_xenstore.h"

namespace virtscope::test {

void FakeXenstore::answer(Client& client) {
    std::size_t taken = 0;
    while (client.in.size() - taken >= sizeof(Header)) {
        const std::string_view rest = std::string_view(client.in).substr(taken);
        const std::size_t length = header_of(rest)[3];
        if (length > payload_max || (drop_after_ != 0 && client.asked == drop_after_)) client.closed = true;
        if (rest.size() < sizeof(Header) + length || client.closed) break;
        ++requests_;
        ++client.asked;
        carry_out(client, rest.substr(0, sizeof(Header)), rest.substr(sizeof(Header), length));
        taken += sizeof(Header) + length;
    }
    client.in.erase(0, taken);
}

void FakeXenstore::carry_out(Client& client, std::string_view header, std::string_view body) {
    const std::string path(body.substr(0, body.find('\0')));
    switch (static_cast<Type>(header_of(header)[0])) {
        case Type::directory: {
            const auto names = tree_.list(path);
            const std::string all = joined(names.value_or(std::vector<std::string>{}));
            if (!names) return refuse(client.out, header, "ENOENT");
            if (all.size() > payload_max) return refuse(client.out, header, "E2BIG");
            return reply(client.out, header, all);
        }
        case Type::read: {
            ++reads_[path];
            const auto value = tree_.read(path);
            return value ? reply(client.out, header, *value) : refuse(client.out, header, "ENOENT");
        }
        case Type::watch: return set_watch(client, header, body);
        case Type::unwatch: return remove_watch(client, header, body);
        case Type::directory_part: return list_part(client, header, body);
        default: return refuse(client.out, header, "ENOSYS");
    }
}

void FakeXenstore::set_watch(Client& client, std::string_view header, std::string_view body) {
    const auto [path, token] = two_strings(body);
    if (refusing_) return refuse(client.out, header, "EQUOTA");
    auto& tokens = client.watches[path];
    if (std::ranges::find(tokens, token) != tokens.end()) return refuse(client.out, header, "EEXIST");
    tokens.push_back(token);
    reply(client.out, header, std::string_view("OK", 3));
    add_event(client, path, token);
}

void FakeXenstore::remove_watch(Client& client, std::string_view header, std::string_view body) {
    const auto [path, token] = two_strings(body);
    const auto found = client.watches.find(path);
    if (found == client.watches.end() || std::erase(found->second, token) == 0) {
        return refuse(client.out, header, "ENOENT");
    }
    if (found->second.empty()) client.watches.erase(found);
    reply(client.out, header, std::string_view("OK", 3));
}

// A directory in pieces: its generation, then names from an offset on; a NUL more behind the last name.
void FakeXenstore::list_part(Client& client, std::string_view header, std::string_view body) {
    const auto [path, from] = two_strings(body);
    const auto names = tree_.list(path);
    if (!names) return refuse(client.out, header, "ENOENT");
    const std::string all = joined(*names) + '\0';
    const std::size_t offset = std::min<std::size_t>(std::strtoul(from.c_str(), nullptr, 10), all.size());
    std::string piece("1", 2);
    const std::size_t room = payload_max - piece.size();
    std::string names_here = all.substr(offset, room);
    // Whole names only.
    if (offset + names_here.size() < all.size()) names_here.resize(names_here.rfind('\0') + 1);
    reply(client.out, header, piece + names_here);
}

void FakeXenstore::fire(std::string_view path, bool removed) {
    for (const auto& client : clients_) fire(*client, path, removed);
}

void FakeXenstore::fire(Client& client, std::string_view path, bool removed) {
    for (std::size_t end = path.size(); end != 0 && end != std::string_view::npos; end = path.rfind('/', end - 1)) {
        const auto found = client.watches.find(std::string(path.substr(0, end)));
        if (found == client.watches.end()) continue;
        for (const std::string& token : found->second) add_event(client, path, token);
    }
    if (!removed) return;
    const std::string below = std::string(path) + '/';
    for (auto found = client.watches.lower_bound(below); found != client.watches.end(); ++found) {
        if (!found->first.starts_with(below)) break;
        for (const std::string& token : found->second) add_event(client, found->first, token);
    }
}

void FakeXenstore::add_event(Client& client, std::string_view path, std::string_view token) {
    std::string body(path);
    body += '\0';
    body += token;
    body += '\0';
    add_message(client.out, {static_cast<std::uint32_t>(Type::watch_event), 0, 0, 0}, body);
    ++events_;
}

}  // namespace virtscope::test
