#include "top/view/list/filter.h"

#include <algorithm>
#include <cctype>

#include <regex.h>

#include "core/text.h"
#include "top/view/figures.h"

namespace virtscope::top {
namespace {

enum class About : std::uint8_t { name, pattern, state, host, driver, tagged };

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool contains(std::string_view text, std::string_view part) {
    return !std::ranges::search(text, part, {}, lower, lower).empty() || part.empty();
}

bool is_same(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

struct Regex {
    regex_t compiled{};
    bool is_right = false;
    explicit Regex(const std::string& text) {
        is_right = ::regcomp(&compiled, text.c_str(), REG_EXTENDED | REG_ICASE | REG_NOSUB) == 0;
    }
    Regex(const Regex&) = delete;
    Regex& operator=(const Regex&) = delete;
    ~Regex() {
        if (is_right) ::regfree(&compiled);
    }
    bool finds(const std::string& text) const { return ::regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0; }
};

std::string_view device_name(View list, const RowContext& row) {
    return list == View::guests ? std::string_view() : std::string_view(row.device(scope_of_list(list)).name);
}

// "paused" is "paused-io" too.
bool begins_state(std::string_view wanted, GuestState state) {
    const std::string_view name = state_name(state);
    if (wanted.size() == 1) return lower(wanted[0]) == lower(state_letter(state));
    return is_same(wanted, name.substr(0, wanted.size()));
}

bool is_in_state(const RowContext& row, std::string_view wanted) {
    const GuestState state = state_of_guest(row.frame(), row.id.guest);
    if (is_same(wanted, "stale")) return is_stale(row.frame(), row.id.guest);
    if (is_same(wanted, "off")) return !is_active(state);
    return begins_state(wanted, state);
}

bool is_known_state(std::string_view wanted) {
    if (is_same(wanted, "stale") || is_same(wanted, "off")) return true;
    for (std::size_t i = 0; i < guest_state_count; ++i) {
        if (begins_state(wanted, static_cast<GuestState>(i))) return true;
    }
    return false;
}

std::vector<std::string> alternatives(std::string_view text) {
    std::vector<std::string> all;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find('|', at), text.size());
        if (end > at) all.emplace_back(text.substr(at, end - at));
        at = end + 1;
    }
    return all;
}

}  // namespace

struct Filter::Term {
    About about = About::name;
    bool opposite = false;
    std::vector<std::string> any;
    std::shared_ptr<const Regex> regex{};

    bool holds(View list, const RowContext& row, std::string_view wanted) const {
        switch (about) {
            case About::name: return name_contains(list, row, wanted);
            case About::state: return is_in_state(row, wanted);
            case About::host: return contains(row.host.label, wanted);
            case About::driver: return contains(row.guest().driver, wanted);
            default: return false;
        }
    }
    bool holds(View list, const RowContext& row, const std::function<bool(const RowContext&)>& tagged) const {
        if (about == About::tagged) return tagged(row);
        if (about == About::pattern) {
            return regex->finds(row.guest().name) || regex->finds(std::string(device_name(list, row)));
        }
        return std::ranges::any_of(any, [&](const std::string& wanted) { return holds(list, row, wanted); });
    }

    static Result<Term> parse(std::string_view word);
    Result<> take(std::string_view value);
};

Result<> Filter::Term::take(std::string_view value) {
    any = alternatives(value);
    if (about != About::state) return {};
    const auto wrong = std::ranges::find_if_not(any, is_known_state);
    if (wrong == any.end()) return {};
    return fail(ErrorKind::malformed,
                "state:{}: must be running, paused, shut-off (off), crashed, stale, … or a letter",
                printable(*wrong, 40));
}

Result<Filter::Term> Filter::Term::parse(std::string_view word) {
    Term term;
    if (word.starts_with('!')) {
        term.opposite = true;
        word.remove_prefix(1);
    }
    if (word.size() > 2 && word.starts_with('/') && word.ends_with('/')) {
        term.about = About::pattern;
        term.regex = std::make_shared<const Regex>(std::string(word.substr(1, word.size() - 2)));
        if (term.regex->is_right) return term;
        return fail(ErrorKind::malformed, "{}: no regular expression", printable(word, 60));
    }
    if (word == "is:tagged") {
        term.about = About::tagged;
        return term;
    }
    constexpr std::pair<std::string_view, About> kinds[] = {
        {"state:", About::state}, {"host:", About::host}, {"driver:", About::driver}, {"name:", About::name}};
    for (const auto& [prefix, about] : kinds) {
        if (!word.starts_with(prefix)) continue;
        term.about = about;
        word.remove_prefix(prefix.size());
        break;
    }
    if (auto taken = term.take(word); !taken) return std::unexpected(taken.error());
    return term;
}

Result<Filter> Filter::parse(std::string_view text) {
    Filter filter;
    filter.text_ = std::string(text);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        const std::string_view word = text.substr(at, end - at);
        at = end + 1;
        if (word.empty() || word == "!") continue;
        auto term = Term::parse(word);
        if (!term) return std::unexpected(term.error());
        if (term->any.empty() && term->about != About::pattern && term->about != About::tagged) continue;
        filter.terms_.push_back(std::make_shared<const Term>(std::move(*term)));
    }
    return filter;
}

bool Filter::keeps(View list, const RowContext& row, const std::function<bool(const RowContext&)>& tagged) const {
    return std::ranges::all_of(terms_,
                               [&](const auto& term) { return term->holds(list, row, tagged) != term->opposite; });
}

bool name_contains(View list, const RowContext& row, std::string_view text) {
    return contains(row.guest().name, text) || contains(device_name(list, row), text);
}

}  // namespace virtscope::top
