// The init file: what it says, what wins over it, how key W writes it.
#include "top/options/init_file.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "builder.h"
#include "tests/core/sample.h"
#include "top/options/options.h"
#include "top/options/save_init_file.h"
#include "top/session_settings.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace std::chrono_literals;

namespace {

using Variables = std::map<std::string, std::string>;

Result<Parsed> parse(std::vector<std::string> words, const Variables& variables = {}) {
    std::vector<const char*> argv{"virt-top"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    return parse_options(static_cast<int>(argv.size()), argv.data(), [&](const char* name) -> const char* {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    });
}

// A home with an init file in it.
struct Home {
    explicit Home(const std::string& text) { sample::write_all(path, text); }
    Result<Parsed> parse(std::vector<std::string> words = {}, Variables variables = {}) const {
        variables["HOME"] = path.substr(0, path.rfind('/'));
        return ::parse(std::move(words), variables);
    }
    std::string refusal() const {
        const auto parsed = parse();
        return parsed ? std::string() : parsed.error().message;
    }
    sample::Directory folder;
    std::string path = folder.file(".virt-toprc");
};

}  // namespace

TEST_CASE("every keyword of the original's is understood") {
    const Home home(
        "# .virt-toprc virt-top configuration file\n\n"
        "display net\ndelay 0.5\nhist-cpu 5\niterations 7\nsort blockwrrq\nconnect test:///default\n"
        "debug debug.log\ncsv out.csv\ncsv-cpu false\ncsv-mem false\ncsv-block false\ncsv-net false\n"
        "batch false\nsecure true\nscript false\nstream false\nblock-in-bytes true\nend-time +90\n"
        "overwrite-init-file false\n");
    const auto parsed = home.parse();
    REQUIRE(parsed);
    CHECK(parsed->warnings.empty());
    const Options& options = parsed->options;
    CHECK(options.view == View::nics);
    CHECK(options.delay == 500ms);
    CHECK(options.source.strip_step == 5s);
    CHECK(options.iterations == 7u);
    CHECK(options.sort == "blockwrrq");
    CHECK(options.source.uris == std::vector<std::string>{"test:///default"});
    CHECK(options.debug == "debug.log");
    CHECK(options.csv.file == "out.csv");
    CHECK_FALSE((options.csv.cpu || options.csv.memory || options.csv.block || options.csv.net));
    CHECK(options.mode == Mode::screen);
    CHECK(options.secure);
    CHECK(options.readonly);
    CHECK(options.csv.block_bytes);
    CHECK(options.end_time == EndTime{true, 90'000'000'000});
    CHECK_FALSE(options.init_file.why_closed.empty());
}

TEST_CASE("and ours") {
    const Home home(
        "display = vcpu\nreverse true\ncpu-base vcpus\ncsv-format long\nguest web*\nguest db\nfilter state:running\n"
        "color false\nascii true\nmouse false\nhints false\ntheme nord\nreadonly true\ncontrol /run/c  # a socket\n");
    const auto parsed = home.parse();
    REQUIRE(parsed);
    CHECK(parsed->options.view == View::vcpus);
    CHECK(parsed->options.inverted);
    CHECK(parsed->options.figures.cpu_base == CpuBase::vcpus);
    CHECK(parsed->options.csv.format == CsvFormat::rows);
    CHECK(parsed->options.guests == std::vector<std::string>{"web*", "db"});
    CHECK(parsed->options.filter.text() == "state:running");
    const Drawing& drawing = parsed->options.drawing;
    CHECK_FALSE((drawing.mouse || drawing.hints));
    CHECK(drawing.color == ColourChoice::never);
    CHECK(drawing.ascii);
    CHECK(drawing.theme == "nord");
    CHECK(parsed->options.control == "/run/c");
}

TEST_CASE("flags win over the environment, the environment over the file") {
    const Home home("delay 9\ncontrol /file\nsort name\nstream true\nguest a\nring /file\ncolor true\n");
    CHECK(home.parse()->options.delay == 9s);
    CHECK(home.parse({"-d", "2"})->options.delay == 2s);
    CHECK(home.parse()->options.control == "/file");
    CHECK(home.parse({}, {{"VIRTSCOPE_CONTROL", "/env"}})->options.control == "/env");
    CHECK(home.parse({"--control", "/flag"}, {{"VIRTSCOPE_CONTROL", "/env"}})->options.control == "/flag");
    CHECK(home.parse({"-o", "mem"})->options.sort == "mem");
    CHECK(home.parse({"-b"})->options.mode == Mode::batch);
    CHECK(home.parse({"--guest", "b"})->options.guests == std::vector<std::string>{"b"});
    CHECK(home.parse()->options.source.ring == "/file");
    CHECK(home.parse({}, {{"VIRTSCOPE_RING", "/env"}})->options.source.ring.empty());
    CHECK(home.parse({"-c", "kvm:///"})->options.source.ring.empty());
    CHECK(home.parse({}, {{"NO_COLOR", "1"}})->options.drawing.color == ColourChoice::never);
    CHECK(home.parse({"--color", "always"}, {{"NO_COLOR", "1"}})->options.drawing.color == ColourChoice::always);
    CHECK(home.parse({}, {{"NO_COLOR", ""}})->options.drawing.color == ColourChoice::automatic);
    CHECK(home.parse({"--no-init-file"})->options.delay == 3s);
}

TEST_CASE("what is no setting is told with its line, and left out") {
    const Home home("delay 2\n\ncolour-scheme blue\n");
    const auto parsed = home.parse();
    REQUIRE(parsed);
    REQUIRE(parsed->warnings.size() == 1);
    CHECK(parsed->warnings[0] ==
          home.path + ":3: 'colour-scheme' is no setting: left out; virt-top(1) has a list of them");
    CHECK(parsed->options.delay == 2s);
}

TEST_CASE("a wrong value names file, line and what would be right") {
    const auto refusal = [](const std::string& line) {
        const Home home("\n" + line + "\n");
        return home.refusal().substr(home.path.size());
    };
    CHECK(refusal("delay soon") ==
          ":2: delay 'soon': must be seconds, more than 0 and at most 1000000, such as 3 or 0.5");
    CHECK(refusal("delay") == ":2: delay '': must be seconds, more than 0 and at most 1000000, such as 3 or 0.5");
    CHECK(refusal("display cpus") ==
          ":2: display 'cpus': must be one of task, pcpu, net, block, vcpu, contention, host");
    CHECK(refusal("csv-net yes") == ":2: csv-net 'yes': must be one of true, false");
    CHECK(refusal("csv") == ":2: csv '': must be a file");
    CHECK(refusal("sort prettiest").starts_with(":2: sort 'prettiest': must be one of "));
    CHECK(refusal("end-time later").starts_with(":2: end-time 'later': must be \"YYYY-MM-DD"));
    CHECK(refusal("filter /(/").starts_with(":2: filter "));
    CHECK(Home("script true\n").refusal() == "--script shows nothing: it needs --csv FILE");
}

TEST_CASE("a missing file is an error only where somebody asked for it") {
    const sample::Directory folder;
    CHECK(parse({}, {{"HOME", folder.file("")}}));
    CHECK(parse({}));
    const auto asked = parse({"--init-file", folder.file("none")});
    REQUIRE_FALSE(asked);
    CHECK(asked.error().message ==
          "init file " + folder.file("none") + ": No such file or directory; --no-init-file goes without it");
    CHECK_FALSE(parse({"--init-file", ""}));
    sample::write_all(folder.file("other"), "delay 4\n");
    CHECK(parse({"--init-file", folder.file("other")})->options.delay == 4s);
}

TEST_CASE("what is no text file is said to be none") {
    const sample::Directory folder;
    const auto refusal = [&](const std::string& name) {
        const auto parsed = parse({"--init-file", folder.file(name)});
        return parsed ? std::string() : parsed.error().message;
    };
    REQUIRE(::mkdir(folder.file("folder").c_str(), 0700) == 0);
    CHECK(refusal("folder").find(": is no regular file; --no-init-file") != std::string::npos);
    REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
    CHECK(refusal("pipe").find(": is no regular file") != std::string::npos);
    sample::write_all(folder.file("large"), std::string(65'537, '#'));
    CHECK(refusal("large").find(": is larger than 64 KiB") != std::string::npos);
    sample::write_all(folder.file("binary"), std::string("delay 1\n\x7f"
                                                         "ELF\0",
                                                         13));
    CHECK(refusal("binary").find("binary:2: holds bytes that are no text") != std::string::npos);
    sample::write_all(folder.file("escape"), "\x1b[2J\n");
    CHECK(refusal("escape").find('\x1b') == std::string::npos);
}

TEST_CASE("lines are read as people write them") {
    const auto lines = init_lines("delay 3\r\n\t sort   cpu \nfilter a b  # both\ncsv x#y\nkey=value\n = 3\nlast 1");
    REQUIRE(lines.size() == 7);
    CHECK(lines[0].value == "3");
    CHECK(lines[1].keyword == "sort");
    CHECK(lines[1].value == "cpu");
    CHECK(lines[2].value == "a b");
    CHECK(lines[3].value == "x#y");
    CHECK(lines[4].keyword == "key");
    CHECK(lines[4].value == "value");
    CHECK(lines[5].keyword.empty());
    CHECK(lines[6].number == 7);
}

TEST_CASE("W keeps what it does not know, and each of its settings once") {
    const std::vector<SavedSetting> settings{{"delay", {"2.0"}}, {"sort", {"mem"}}, {"hints", {"true"}, true}};
    CHECK(with_settings("# mine\nsort cpu\ncsv a.csv # keep\nsort name\n\nhints false\nunknown 1", settings) ==
          "# mine\nsort mem\ncsv a.csv # keep\n\nhints true\nunknown 1\ndelay 2.0\n");
    const std::string fresh = with_settings("", settings);
    CHECK(fresh.starts_with("# .virt-toprc: settings of virt-top"));
    CHECK(fresh.ends_with("#overwrite-init-file false\n\ndelay 2.0\nsort mem\n"));
}

TEST_CASE("W replaces the file and keeps the old one; what it wrote is read back") {
    const sample::Directory folder;
    const std::string path = folder.file("rc");
    auto options = parse({"--init-file", path, "-c", "test:///default?guests=3"});
    CHECK_FALSE(options);  // it is not there yet
    sample::write_all(path, "delay 9\n");
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    options = parse({"--init-file", path, "-c", "test:///default?guests=3", "-3"});
    REQUIRE(options);
    Session session = session_of(options->options);
    CHECK(session.view == View::disks);
    order_by(session, "blockrdrq");
    session.delay = 1500ms;
    session.options.block_bytes = true;
    CHECK(save_settings(options->options, session) == "Wrote settings to " + path);
    CHECK(sample::read_all(path + ".old") == "delay 9\n");
    CHECK(::access((path + ".new").c_str(), F_OK) != 0);
    struct stat about {};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    const auto again = parse({"--init-file", path});
    REQUIRE(again);
    CHECK(again->warnings.empty());
    CHECK(again->options.delay == 1500ms);
    CHECK(again->options.view == View::disks);
    CHECK(again->options.sort == "blockrdrq");
    CHECK(again->options.figures.block_bytes);
    CHECK(again->options.source.uris == std::vector<std::string>{"test:///default?guests=3"});
}

TEST_CASE("W keeps the order that somebody chose") {
    const auto parsed = parse({"-3", "--no-init-file"});
    REQUIRE(parsed);
    Session session = session_of(parsed->options);
    const auto kept = [&] {
        const auto settings = settings_of(parsed->options, session);
        return std::ranges::find(settings, "sort", &SavedSetting::keyword)->values.front();
    };
    CHECK(kept() == "cpu");  // the guests', for nobody chose the disks'
    order_by(session, "queue");
    CHECK(kept() == "queue");
}

TEST_CASE("W writes what a link leads to, but through no link that lies in its way") {
    const sample::Directory folder;
    const std::string real = folder.file("real"), link = folder.file("link"), other = folder.file("other");
    sample::write_all(real, "a 1\n");
    sample::write_all(other, "of somebody else\n");
    REQUIRE(::symlink(real.c_str(), link.c_str()) == 0);
    REQUIRE(::symlink(other.c_str(), (real + ".new").c_str()) == 0);
    const auto written = save_init_file(link, {{"delay", {"1.0"}}});
    REQUIRE(written);
    CHECK(sample::read_all(real) == "a 1\ndelay 1.0\n");
    CHECK(sample::read_all(other) == "of somebody else\n");
    struct stat about {};
    REQUIRE(::lstat(link.c_str(), &about) == 0);
    CHECK(S_ISLNK(about.st_mode));
}

TEST_CASE("W says why it does not write") {
    const sample::Directory folder;
    const std::string path = folder.file("rc");
    sample::write_all(path, "overwrite-init-file false\n");
    const auto said = [&](std::vector<std::string> words) {
        const auto parsed = parse(std::move(words));
        REQUIRE(parsed);
        return save_settings(parsed->options, session_of(parsed->options));
    };
    CHECK(said({"--init-file", path}) == "settings are not written: overwrite-init-file false");
    CHECK(said({"--no-init-file"}) == "settings are not written: --no-init-file");
    CHECK(said({"--init-file", path, "-s"}) == "settings are not written: secure");
    CHECK(said({}) == "settings are not written: HOME is not set");
    CHECK(sample::read_all(path) == "overwrite-init-file false\n");
    CHECK(save_init_file(folder.file("none/rc"), {{"delay", {"1"}}}).error().message.find("No such file") !=
          std::string::npos);
    CHECK(save_init_file(folder.file("x"), {{"connect", {"a #b"}}}).error().message ==
          "connect 'a #b' cannot be kept in an init file: nothing was written");
    REQUIRE(::mkdir(folder.file("folder").c_str(), 0700) == 0);
    CHECK(save_init_file(folder.file("folder"), {}).error().message.find("is no regular file") != std::string::npos);
}
