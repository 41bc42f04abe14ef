// --expect FILE: what each guest should be, who is missing, and who should not be there.
#include <doctest/doctest.h>

#include <fstream>
#include <sys/stat.h>

#include "full.h"
#include "plugins/judge/expected.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

std::string write(const World& world, const std::string& text) {
    const std::string path = world.directory() + "/expected";
    std::ofstream(path) << text;
    return path;
}

std::string refused(const World& world, const std::string& text) {
    const auto expected = Expected::parse(write(world, text));
    return expected ? "" : expected.error().message;
}

// web01 runs, "db 02" is paused, old is off.
void fill_three(World& world) {
    world.guests = {{.name = "web01"}, {.name = "db 02", .state = GuestState::paused}, {.name = "old", .state = GuestState::shut_off}};
    world.write(200);
}

}  // namespace

TEST_CASE("all as expected is OK") {
    World world;
    fill_three(world);
    const std::string path = write(world, "# who should be what\n\nweb01\n\"db 02\" paused # by night\n old\toff\r\n");
    CHECK(world.exit_code({"state", "--expect", path}, 200) == 0);
    CHECK(world.exit_code({"state", "--expect", write(world, "web01 any\n\"db 02\" any\nold any\n")}, 200) == 0);
    CHECK(world.exit_code({"state", "--expect", write(world, world_uuid(0).text() + "\n\"db 02\" paused\nold off")}, 200) == 0);
}

TEST_CASE("matrix of states and expectations") {
    struct Row {
        GuestState state;
        int running, off, paused, any;
    };
    for (const Row& row : {Row{GuestState::running, 0, 2, 2, 0}, Row{GuestState::paused, 1, 2, 0, 0}, Row{GuestState::shut_off, 2, 0, 2, 0},
                           Row{GuestState::crashed, 2, 2, 2, 2}, Row{GuestState::paused_io, 2, 2, 2, 2}, Row{GuestState::unknown, 3, 3, 3, 3},
                           Row{GuestState::suspended, 1, 2, 2, 0}, Row{GuestState::migrating, 1, 2, 2, 0}}) {
        World world;
        world.guests[0].state = row.state;
        world.write(200);
        CAPTURE(state_name(row.state));
        CHECK(world.exit_code({"state", "--expect", write(world, "web01 running")}, 200) == row.running);
        CHECK(world.exit_code({"state", "--expect", write(world, "web01 off")}, 200) == row.off);
        CHECK(world.exit_code({"state", "--expect", write(world, "web01 paused")}, 200) == row.paused);
        CHECK(world.exit_code({"state", "--expect", write(world, "web01 any")}, 200) == row.any);
    }
}

TEST_CASE("who is missing is CRITICAL, who is too many WARNING") {
    World world;
    fill_three(world);
    const std::string rest = "\"db 02\" paused\nold off\n";
    const Answer missing = world.run({"state", "--expect", write(world, rest + "web01\nmail03\n")}, 200);
    CHECK(missing.status == Status::critical);
    CHECK(has(missing, "mail03 is missing: it is not on this host"));
    CHECK(world.exit_code({"state", "--expect", write(world, rest + "web01\nmail03 off\n")}, 200) == 0);
    CHECK(world.exit_code({"state", "--expect", write(world, rest + "web01\nmail03 paused\n")}, 200) == 2);
    CHECK(world.exit_code({"state", "--expect", write(world, rest + "web01\nmail03 any\n")}, 200) == 0);
    const Answer extra = world.run({"state", "--expect", write(world, rest)}, 200);
    CHECK(extra.status == Status::warning);
    CHECK(has(extra, "web01 is there, and is not expected here"));
}

TEST_CASE("--guest and --exclude choose of the file, too") {
    World world;
    fill_three(world);
    const std::string path = write(world, "web01\n\"db 02\"\nold off\nmail03\n");
    CHECK(world.exit_code({"state", "--expect", path}, 200) == 2);
    CHECK(world.exit_code({"state", "--expect", path, "--guest", "web01"}, 200) == 0);
    CHECK(world.exit_code({"state", "--expect", path, "--exclude", "mail*"}, 200) == 1);
    CHECK(world.exit_code({"state", "--expect", path, "--guest", "mail03"}, 200) == 2);
    CHECK(world.exit_code({"state", "--expect", path, "--guest", "/^m/"}, 200) != 0);
    // Neither here nor in the file: nobody knows that one.
    CHECK(world.exit_code({"state", "--expect", path, "--guest", "web01", "--guest", "nobody"}, 200) != 0);
}

TEST_CASE("a file that is not understood is refused with its line") {
    World world;
    CHECK(refused(world, "web01\nweb02 on\n").ends_with("line 2: want NAME-OR-UUID and one of running, off, paused, any"));
    CHECK(refused(world, "\"web01\n").find("line 1") != std::string::npos);
    CHECK(refused(world, "\"\" off\n").find("line 1") != std::string::npos);
    CHECK(refused(world, "web 01 off\n").find("line 1") != std::string::npos);
    CHECK(refused(world, "web01\nweb02\nweb01 off\n").ends_with("line 3: web01 is in the file twice: want a line a guest"));
    CHECK(refused(world, "").ends_with("names no guest"));
    CHECK(refused(world, "# nobody\n\n").ends_with("names no guest"));
    CHECK(refused(world, std::string((1 << 20) + 1, '#')).ends_with("larger than 1 MiB"));
    world.write(200);
    CHECK(has(world.run({"state", "--expect", "/no/such/file"}, 200), "--expect /no/such/file"));
    CHECK(world.exit_code({"state", "--expect", "/no/such/file"}, 200) == 3);
    const std::string pipe = world.directory() + "/pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(world.exit_code({"state", "--expect", pipe}, 200) == 3);
}

TEST_CASE("a guest that the file has by name and by UUID is not OK, and not missing") {
    World world;
    world.write(200);
    const std::string uuid = world_uuid(0).text();
    for (const char* word : {"", " off"}) {
        const std::string path = write(world, "web01\n" + uuid + word);
        for (const std::vector<std::string>& chosen : {std::vector<std::string>{}, {"--guest", "web01"}, {"--guest", uuid}}) {
            std::vector<std::string> arguments{"state", "--expect", path};
            arguments.insert(arguments.end(), chosen.begin(), chosen.end());
            const Answer answer = world.run(arguments, 200);
            CHECK(answer.status == Status::unknown);
            CHECK(has(answer, "web01 is running, and is in the file twice, by name and by UUID"));
        }
    }
}
