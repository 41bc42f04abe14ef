// --extra-opts: sections, files, what wins, and what is refused.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

#include "full.h"
#include "plugins/command/extra_opts.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

using Words = std::vector<std::string>;

class Ini {
public:
    explicit Ini(const std::string& text) { std::ofstream(path()) << text; }
    std::string path() const { return world_.directory() + "/plugins.ini"; }
    Words words(Words arguments) const {
        auto expanded = expand_extra_opts(std::move(arguments));
        REQUIRE_MESSAGE(expanded, expanded.error().message);
        return *expanded;
    }
    std::string error(Words arguments) const {
        const auto expanded = expand_extra_opts(std::move(arguments));
        return expanded ? "" : expanded.error().message;
    }

private:
    World world_;
};

constexpr const char* usual = R"(# comment
; comment
stray = before any section

[check_virt]
warning = 80
 c=95
why

[ web ]
guest = web 01
	window =	5m
guest = db=1
[empty]
[web]
verbose
)";

}  // namespace

TEST_CASE("sections become options; a section may be in parts") {
    const Ini ini(usual);
    CHECK(ini.words({"--extra-opts=@" + ini.path()}) == Words{"--warning=80", "-c", "95", "--why"});
    CHECK(ini.words({"--extra-opts=check_virt@" + ini.path()}) == Words{"--warning=80", "-c", "95", "--why"});
    CHECK(ini.words({"--extra-opts=web@" + ini.path()}) == Words{"--guest=web 01", "--window=5m", "--guest=db=1", "--verbose"});
    CHECK(ini.words({"--extra-opts=empty@" + ini.path()}).empty());
    CHECK(ini.words({"-v", "--extra-opts=empty@" + ini.path(), "--guest", "x"}) == Words{"-v", "--guest", "x"});
}

TEST_CASE("files come first, whatever the place, so that the command line wins") {
    const Ini ini(usual);
    CHECK(ini.words({"-w", "70", "--extra-opts=web@" + ini.path(), "--extra-opts=@" + ini.path()}) ==
          Words{"--guest=web 01", "--window=5m", "--guest=db=1", "--verbose", "--warning=80", "-c", "95", "--why", "-w", "70"});
    World world;
    fill_full(world);
    world.write(140, 200);
    CHECK(world.exit_code({"cpu", "--extra-opts=@" + ini.path()}, 200) == 0);
    CHECK(has(world.run({"cpu", "--extra-opts=@" + ini.path()}, 200), "web01=25%;80;95"));
    CHECK(has(world.run({"cpu", "-w", "20", "--extra-opts=@" + ini.path()}, 200), "web01=25%;20;95"));
    CHECK(world.exit_code({"cpu", "-w", "20", "--extra-opts=@" + ini.path()}, 200) == 1);
}

TEST_CASE("without a file the suite's own are meant") {
    const Ini ini(usual);
    ::setenv("MP_CONFIG_FILE", ini.path().c_str(), 1);
    CHECK(ini.words({"--extra-opts"}) == Words{"--warning=80", "-c", "95", "--why"});
    CHECK(ini.words({"--extra-opts=empty"}).empty());
    CHECK(ini.error({"--extra-opts=none"}).find("has no section [none]") != std::string::npos);
    ::unsetenv("MP_CONFIG_FILE");
}

TEST_CASE("what is not understood is refused with file and line") {
    const Ini ini("[check_virt]\n= 3\n");
    CHECK(ini.error({"--extra-opts=@" + ini.path()}) == "--extra-opts: " + ini.path() + ": line 2: want key = value");
    const Ini blank("[check_virt]\nwarning 80\n");
    CHECK(blank.error({"--extra-opts=@" + blank.path()}).find("line 2: want key = value") != std::string::npos);
    const Ini nested("[check_virt]\nextra-opts = web@/etc/other.ini\n");
    CHECK(nested.error({"--extra-opts=@" + nested.path()}).find("line 2: want options other than extra-opts") != std::string::npos);
    const Ini other(usual);
    CHECK(other.error({"--extra-opts=we@" + other.path()}).find("has no section [we]") != std::string::npos);
    CHECK(other.error({"--extra-opts=[web]@" + other.path()}).find("has no section") != std::string::npos);
    CHECK(other.error({"--extra-opts=@/no/such/file"}).find("--extra-opts /no/such/file") != std::string::npos);
    CHECK(other.error({"--extra-opts=@/"}).find("--extra-opts /") != std::string::npos);
    // Other sections may hold what they like.
    const Ini foreign("[check_disk]\n= ;;; =\n[check_virt]\nwhy\n");
    CHECK(foreign.words({"--extra-opts=@" + foreign.path()}) == Words{"--why"});
}

TEST_CASE("an option that the mode does not have, and a file of any kind, end in UNKNOWN") {
    World world;
    fill_full(world);
    world.write(200);
    const Ini ini("[check_virt]\nspeed = 3\n");
    CHECK(has(world.run({"cpu", "--extra-opts=@" + ini.path()}, 200), "--speed"));
    CHECK(world.exit_code({"cpu", "--extra-opts=@" + ini.path()}, 200) == 3);
    const std::string pipe = world.directory() + "/pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(world.exit_code({"cpu", "--extra-opts=@" + pipe}, 200) == 3);
    const std::string large = world.directory() + "/large";
    { std::ofstream(large) << "[check_virt]\n" << std::string((1 << 20) + 1, '\n'); }
    CHECK(has(world.run({"cpu", "--extra-opts=@" + large}, 200), "larger than 1 MiB"));
    CHECK(world.exit_code({"cpu", "--extra-opts=@/dev/zero"}, 200) == 3);
}
