#include "top/options/options.h"

#include <algorithm>
#include <map>

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "core/text.h"
#include "top/options/flags.h"
#include "top/options/init_file.h"
#include "top/options/settings.h"
#include "top/options/sort_names.h"
#include "top/options/usage.h"
#include "top/source/wanted_host.h"

namespace virtscope::top {
namespace {

// A flag as it was given.
struct Given {
    const Flag* flag;
    std::string value;
};

struct Words {
    std::vector<Given> flags{};  // in their order
    std::string init_file{};     // --init-file
    bool has_init_file = false;
    bool no_init_file = false;
    std::string print{};
};

using Places = std::map<const CLI::Option*, const Flag*>;

Places declare(CLI::App& app, std::vector<std::vector<std::string>>& values) {
    Places places;
    values.resize(flags().size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Flag& flag = flags()[i];
        const std::string names(flag.names);
        const std::string about(flag.about);
        CLI::Option* const option =
            flag.implied.empty()
                ? app.add_option(names, values[i], about)->allow_extra_args(false)->option_text(std::string(flag.value))
                : app.add_flag(names, about);
        places[option->group(std::string(flag.group))] = &flag;
    }
    app.set_version_flag("--version", "virt-top (virtscope) " VIRTSCOPE_VERSION);
    app.footer(usage_footer);
    return places;
}

std::vector<Given> given_flags(const CLI::App& app, const Places& places) {
    std::vector<Given> given;
    std::map<const CLI::Option*, std::size_t> taken;
    for (const CLI::Option* option : app.parse_order()) {
        const auto place = places.find(option);
        if (place == places.end()) continue;
        const Flag& flag = *place->second;
        const std::size_t number = taken[option]++;
        if (flag.implied.empty() && number >= option->results().size()) continue;
        given.push_back({&flag, flag.implied.empty() ? option->results()[number] : std::string(flag.implied)});
    }
    return given;
}

Result<Words> read_words(int argc, const char* const* argv) {
    CLI::App app{usage_about, "virt-top"};
    Words words;
    std::vector<std::vector<std::string>> values;
    const Places places = declare(app, values);
    const CLI::Option* const init_file =
        app.add_option("--init-file", words.init_file, "Settings (default: ~/.virt-toprc)")->take_last();
    app.add_flag("--no-init-file", words.no_init_file, "Neither read nor write it");
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        return Words{.print = app.help()};
    } catch (const CLI::CallForVersion& version) {
        return Words{.print = std::string(version.what()) + "\n"};
    } catch (const CLI::ParseError& error) {
        return fail(ErrorKind::malformed, "{}; see virt-top --help", printable(error.what()));
    }
    words.has_init_file = init_file->count() != 0;
    words.flags = given_flags(app, places);
    return words;
}

Result<> apply_init_text(Draft& draft, std::string_view text, std::vector<std::string>& warnings) {
    const std::string& path = draft.options.init_file.path;
    for (const InitLine& line : init_lines(text)) {
        const std::string place = fmt::format("{}:{}", printable(path), line.number);
        const Setting* const setting = find_setting(line.keyword);
        if (setting == nullptr) {
            warnings.push_back(fmt::format("{}: '{}' is no setting: left out; virt-top(1) has a list of them", place,
                                           printable(line.keyword, 40)));
        } else if (const auto applied = setting->apply(draft, line.value); !applied) {
            return fail(ErrorKind::malformed, "{}: {} {}", place, line.keyword, applied.error().message);
        }
    }
    return {};
}

// A file that nobody asked for may be missing.
Result<> apply_init_file(Draft& draft, const Words& words, const Environment& environment,
                         std::vector<std::string>& warnings) {
    InitFile& file = draft.options.init_file;
    if (words.no_init_file) {
        file.why_closed = "--no-init-file";
        return {};
    }
    if (words.has_init_file && words.init_file.empty())
        return fail(ErrorKind::malformed, "--init-file '': must be a file");
    file.path = words.has_init_file ? words.init_file : default_init_path(environment("HOME"));
    if (file.path.empty()) {
        file.why_closed = "HOME is not set";
        return {};
    }
    const auto text = read_init_text(file.path);
    if (text) return apply_init_text(draft, *text, warnings);
    if (!words.has_init_file && text.error().kind == ErrorKind::absent) return {};
    return fail(text.error().kind, "{}; --no-init-file goes without it", text.error().message);
}

bool is_set(const Environment& environment, const char* name) {
    const char* const value = environment(name);
    return value != nullptr && *value != '\0';
}

// Where the ring is and what is sampled without one is asked for later (core/ring/path.h, choose_source.cpp).
void apply_environment(Draft& draft, const Environment& environment) {
    if (is_set(environment, "VIRTSCOPE_RING") || is_set(environment, "VIRTSCOPE_DEFAULT_URI"))
        drop(draft, Group::source);
    if (is_set(environment, "VIRTSCOPE_CONTROL")) draft.options.control = environment("VIRTSCOPE_CONTROL");
    if (is_set(environment, "NO_COLOR")) draft.options.drawing.color = ColourChoice::never;
}

Result<> apply_flags(Draft& draft, const std::vector<Given>& given) {
    for (const Given& one : given) drop(draft, find_setting(one.flag->keyword)->group);
    for (const Given& one : given) {
        const auto applied = find_setting(one.flag->keyword)->apply(draft, one.value);
        if (!applied) return fail(ErrorKind::malformed, "{} {}", shown_name(*one.flag), applied.error().message);
    }
    return {};
}

Result<> check_source(const SourceOptions& source) {
    const bool samples = !source.uris.empty();
    if (samples && !source.ring.empty()) {
        return fail(ErrorKind::malformed, "--ring and --connect exclude each other: a ring says itself what is in it");
    }
    if (samples && !source.file.empty()) {
        return fail(ErrorKind::malformed,
                    "--file and --connect exclude each other: a recording says itself what is in it");
    }
    const auto hosts = wanted_hosts(source.uris);
    const bool has_past = std::ranges::any_of(hosts, [](const WantedHost& host) { return !host.path.empty(); });
    if (samples && !has_past && source.at) {
        return fail(ErrorKind::malformed, "--at and --connect exclude each other: whoever samples knows no past");
    }
    if (!source.ring.empty() && !source.file.empty()) {
        return fail(ErrorKind::malformed,
                    "--file and --ring exclude each other: one is of the past, one of the present");
    }
    return {};
}

Result<Options> finish(Draft draft) {
    Options& options = draft.options;
    if (draft.script)
        options.mode = Mode::script;
    else if (draft.stream)
        options.mode = Mode::stream;
    else if (draft.batch)
        options.mode = Mode::batch;
    options.source.is_printed = options.mode != Mode::screen;
    options.csv.block_bytes = options.figures.block_bytes;
    // Nobody would see it.
    if (options.mode == Mode::stream || options.mode == Mode::script) options.source.strip_step = {};
    if (options.secure) {
        options.readonly = true;
        options.init_file.why_closed = "secure";
    }
    if (auto fit = check_source(options.source); !fit) return std::unexpected(fit.error());
    if (draft.script && options.csv.file.empty())
        return fail(ErrorKind::malformed, "--script shows nothing: it needs --csv FILE");
    return std::move(options);
}

bool asks_for_sorts(const std::vector<Given>& given) {
    return std::ranges::any_of(given,
                               [](const Given& one) { return one.flag->keyword == "sort" && one.value == "help"; });
}

}  // namespace

Result<Parsed> parse_options(int argc, const char* const* argv, const Environment& environment) {
    const auto words = read_words(argc, argv);
    if (!words) return std::unexpected(words.error());
    if (!words->print.empty()) return Parsed{.print = words->print};
    if (asks_for_sorts(words->flags)) return Parsed{.print = fmt::format("{}\n", fmt::join(sort_names(), "\n"))};
    Draft draft;
    Parsed parsed;
    if (auto read = apply_init_file(draft, *words, environment, parsed.warnings); !read)
        return std::unexpected(read.error());
    apply_environment(draft, environment);
    if (auto applied = apply_flags(draft, words->flags); !applied) return std::unexpected(applied.error());
    auto options = finish(std::move(draft));
    if (!options) return std::unexpected(options.error());
    parsed.options = std::move(*options);
    return parsed;
}

}  // namespace virtscope::top
