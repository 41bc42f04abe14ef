// Definitions on files, and a real QEMU where there is one.
#include <unistd.h>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>
#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "drivers/qemu/definitions/definitions.h"
#include "drivers/qemu/definitions/firmware.h"
#include "drivers/qemu/definitions/launch.h"

using namespace virtscope;
using namespace virtscope::qemu;
using namespace std::chrono_literals;

namespace {

struct Folder {
    Folder() {
        std::string name = "/tmp/vs-def-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string path;
};

struct Nobody : Progress {
    void at(std::uint64_t, std::uint64_t) override {}
};

std::string xml(const std::string& name, const std::string& last = "11", const std::string& devices = {}) {
    return "<domain type='qemu'><name>" + name + "</name><uuid>6b9c2f9e-0c0e-4b7c-9a55-3f1d9e0a7c" + last +
           "</uuid><memory unit='MiB'>16</memory><devices>" + devices + "</devices></domain>";
}

struct Fixture {
    Folder folder;
    Definitions definitions{folder.path, "/proc"};
    Nobody nobody;

    Result<Answer> text(Verb verb, const std::string& what, bool dry = false) {
        Order order{.verb = verb, .text = what, .dry_run = dry};
        order.deadline = std::chrono::steady_clock::now() + 20s;
        return definitions.carry_out(order, nobody);
    }
    Result<Answer> to(Verb verb, const Uuid& uuid, const std::string& name, bool paused = false) {
        Order order{.verb = verb, .target = {uuid, name}, .paused = paused};
        order.deadline = std::chrono::steady_clock::now() + 20s;
        return definitions.carry_out(order, nobody);
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "define, replace, show, forget") {
    REQUIRE(text(Verb::define, xml("a"), true));
    CHECK(definitions.list()->guests.empty());
    const auto made = text(Verb::define, xml("a"));
    REQUIRE(made);
    CHECK(made->text == "defined");
    REQUIRE(definitions.list()->guests.size() == 1);
    CHECK(text(Verb::define, xml("a"))->already);
    CHECK(text(Verb::define, xml("a", "11", "<rng model='virtio'/>"))->text == "the definition was replaced");
    CHECK(text(Verb::define, xml("a", "12")).error().kind == ErrorKind::busy);
    CHECK(text(Verb::define, xml("b")).error().kind == ErrorKind::busy);
    const auto shown = to(Verb::dumpxml, made->guest, "a");
    REQUIRE(shown);
    CHECK(shown->text.find("<rng model='virtio'/>") != std::string::npos);
    CHECK(to(Verb::undefine, Uuid{}, "a").error().kind == ErrorKind::absent);
    CHECK(to(Verb::dumpxml, made->guest, "../guests/a").error().kind == ErrorKind::absent);
    REQUIRE(to(Verb::undefine, made->guest, "a"));
    CHECK(definitions.list()->guests.empty());
}

TEST_CASE_FIXTURE(Fixture, "a damaged file is a problem of its own") {
    REQUIRE(text(Verb::define, xml("a")));
    std::ofstream(folder.path + "/guests/b.xml") << "<domain";
    CHECK(definitions.list()->guests.size() == 1);
    REQUIRE(definitions.list()->problems.size() == 1);
    CHECK(definitions.list()->problems[0].find("b.xml: line 1") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "an edit in place is seen") {
    REQUIRE(text(Verb::define, xml("a")));
    const auto before = definitions.list();
    CHECK(definitions.list() == before);
    std::fstream(folder.path + "/guests/a.xml", std::ios::in | std::ios::out) << "<broken ";
    CHECK(definitions.list() != before);
    CHECK(definitions.list()->problems.size() == 1);
    std::filesystem::remove_all(folder.path + "/guests");
    CHECK(definitions.list()->problems.empty());
    REQUIRE(text(Verb::define, xml("b", "12")));
    CHECK(definitions.list()->guests.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "marked for autostart, and no more") {
    const auto made = text(Verb::define, xml("a"));
    REQUIRE(made);
    const std::string link = folder.path + "/guests/autostart/a.xml";
    REQUIRE(to(Verb::autostart, made->guest, "a"));
    CHECK(std::filesystem::is_symlink(link));
    CHECK(to(Verb::autostart, made->guest, "a")->already);
    REQUIRE(to(Verb::undefine, made->guest, "a"));
    CHECK_FALSE(std::filesystem::is_symlink(link));
    CHECK(to(Verb::autostart, made->guest, "a").error().kind == ErrorKind::absent);
}

TEST_CASE_FIXTURE(Fixture, "UEFI is this host's, the variables are the guest's") {
    auto guest =
        read_definition("<domain type='qemu'><name>a</name><memory>65536</memory><os firmware='efi'/></domain>");
    REQUIRE(guest);
    if (const auto found = find_firmware(*guest, folder.path); !found) {
        CHECK(found.error().message.find("install ovmf") != std::string::npos);
        return;
    }
    CHECK(guest->nvram == folder.path + "/nvram/" + guest->uuid.text() + ".fd");
    REQUIRE(check_start(*guest));
    REQUIRE(make_nvram(*guest));
    CHECK(std::filesystem::file_size(guest->nvram) == std::filesystem::file_size(guest->nvram_template));
}

TEST_CASE_FIXTURE(Fixture, "start and what hinders it") {
    if (::access("/usr/bin/qemu-system-x86_64", X_OK) != 0) {
        MESSAGE("skipped: there is no QEMU");
        return;
    }
    const auto lacks =
        text(Verb::create, xml("a", "21", "<disk><source file='/nowhere.img'/><target dev='vda'/></disk>"));
    CHECK(lacks.error().kind == ErrorKind::absent);
    const auto bad = text(Verb::create, xml("a", "22",
                                            "<interface type='ethernet'><target dev='no-such-bridge'/><model "
                                            "type='e1000'/></interface><graphics type='vnc' listen='203.0.113.9'/>"));
    REQUIRE_FALSE(bad);
    CHECK(bad.error().message.starts_with("a: "));
    CHECK_FALSE(std::filesystem::exists(folder.path + "/run/a"));

    const auto made = text(Verb::define, xml("a,b", "23"));
    REQUIRE(made);
    const auto up = to(Verb::start, made->guest, "a,b", true);
    REQUIRE_MESSAGE(up, up.error().message);
    CHECK_FALSE(up->already);
    const auto pid = runs_in(folder.path + "/run/a,b");
    REQUIRE(pid);
    CHECK(running_with("/proc", made->guest) == pid);
    CHECK(to(Verb::start, made->guest, "a,b")->already);
    CHECK(text(Verb::create, xml("a,b", "23")).error().kind == ErrorKind::busy);
    ::kill(*pid, SIGKILL);
    for (int i = 0; i < 200 && runs_in(folder.path + "/run/a,b"); ++i) std::this_thread::sleep_for(10ms);
    CHECK_FALSE(runs_in(folder.path + "/run/a,b"));
}

TEST_CASE_FIXTURE(Fixture, "a state folder that others can write is not used: they would choose what the agent runs") {
    REQUIRE(text(Verb::define, xml("a")));
    CHECK(definitions.list()->guests.size() == 1);
    SUBCASE("its own mode") { REQUIRE(::chmod(folder.path.c_str(), 0777) == 0); }
    SUBCASE("that of the definitions") { REQUIRE(::chmod((folder.path + "/guests").c_str(), 0770) == 0); }
    SUBCASE("a link where guests run") {
        std::filesystem::remove_all(folder.path + "/run");
        std::filesystem::create_directory(folder.path + "/elsewhere");
        std::filesystem::create_directory_symlink(folder.path + "/elsewhere", folder.path + "/run");
    }
    const auto answer = text(Verb::define, xml("b", "12"));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::denied);
    Definitions fresh(folder.path, "/proc");
    CHECK(fresh.list()->guests.empty());
}

TEST_CASE_FIXTURE(Fixture, "what is defined is listed at once, however short after another") {
    for (int i = 10; i < 60; ++i) {
        REQUIRE(text(Verb::define, xml("g" + std::to_string(i), std::to_string(i))));
        CHECK(definitions.list()->guests.size() == static_cast<std::size_t>(i - 9));
    }
}
