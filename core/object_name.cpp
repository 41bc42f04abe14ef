#include "core/object_name.h"

#include <unordered_map>

#include "core/text.h"

namespace virtscope {
namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t uuid_length = 36;

bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) return true;  // printable() has left valid UTF-8
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(" ._-:@+").find(c) != std::string_view::npos;
}

// Words that a monitor reads as something else: Nagios's "null" clears a setting, what begins with '+' adds to it,
// and to a program what begins with '-' is an option.
bool is_reserved(std::string_view name) {
    return name.empty() || name == "null" || std::string_view("+-.").find(name.front()) != std::string_view::npos;
}

bool ends_in_uuid(std::string_view name) {
    return name.size() > uuid_length && name[name.size() - uuid_length - 1] == '-' &&
           Uuid::parse(name.substr(name.size() - uuid_length)).has_value();
}

}  // namespace

std::string legal_object_name(std::string_view name) {
    std::string legal = printable(name, longest_name);
    for (char& c : legal) {
        if (!is_plain(c)) c = '_';
    }
    if (!legal.empty() && legal.front() == ' ') legal.front() = '_';
    if (!legal.empty() && legal.back() == ' ') legal.back() = '_';
    if (is_reserved(legal)) legal.insert(0, "_");
    if (legal.size() > longest_name) legal = printable(legal, longest_name);
    return legal;
}

std::vector<std::string> object_names(const Roster& roster) {
    std::unordered_map<std::string, std::size_t> uses;
    ++uses[legal_object_name(roster.host.name)];
    std::vector<std::string> names;
    names.reserve(roster.guests.size());
    for (const RosterGuest& guest : roster.guests) {
        names.push_back(legal_object_name(guest.name));
        ++uses[names.back()];
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        const RosterGuest& guest = roster.guests[i];
        const bool its_own = names[i] == guest.name && uses[names[i]] == 1 && !ends_in_uuid(names[i]);
        if (!its_own) names[i] += '-' + guest.uuid.text();
    }
    return names;
}

}  // namespace virtscope
