// Files of saved guests: whole or refused, wherever they were cut and whichever byte was changed.
#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "drivers/qemu/definitions/save_file.h"

using namespace virtscope;
using namespace virtscope::qemu;

namespace {

struct Folder {
    Folder() {
        std::string name = "/tmp/vs-save-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string path;
};

SaveFacts facts() {
    SaveFacts made;
    made.uuid = *Uuid::parse("6b9c2f9e-0c0e-4b7c-9a55-3f1d9e0a7c11");
    made.name = "web";
    made.qemu = "7.2.22";
    made.cpu = "A CPU";
    made.paused = true;
    made.xml = "<domain/>";
    return made;
}

// As QEMU does: into the descriptor, from where it stands.
void put(int fd, const std::string& text) {
    REQUIRE(::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

std::string slurp(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void spill(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

const std::string stream(10'000, 'x');

std::string written(const std::string& folder) {
    const std::string path = folder + "/saved";
    auto writer = SaveWriter::create(path, facts(), false);
    REQUIRE_MESSAGE(writer, writer.error().message);
    put(writer->fd(), stream);
    const auto done = writer->finish();
    REQUIRE_MESSAGE(done, done.error().message);
    return path;
}

Result<> read_whole(const std::string& path) {
    const auto reader = SaveReader::open(path);
    if (!reader) return std::unexpected(reader.error());
    return reader->check_stream({});
}

}  // namespace

TEST_CASE("what was saved is read again") {
    const Folder folder;
    const std::string path = written(folder.path);
    CHECK_FALSE(std::filesystem::exists(path + ".part"));
    const auto reader = SaveReader::open(path);
    REQUIRE(reader);
    CHECK(reader->facts().uuid == facts().uuid);
    CHECK(reader->facts().name == "web");
    CHECK(reader->facts().cpu == "A CPU");
    CHECK(reader->facts().paused);
    CHECK_FALSE(reader->facts().kvm);
    CHECK(reader->facts().xml == "<domain/>");
    CHECK(reader->stream_bytes() == stream.size());
    CHECK(reader->check_stream({}));
    REQUIRE(reader->rewind());
    std::string back(stream.size(), '\0');
    CHECK(::read(reader->fd(), back.data(), back.size()) == static_cast<ssize_t>(back.size()));
    CHECK(back == stream);
    CHECK(reader->position() == stream.size());
}

TEST_CASE("a file that is there is not replaced unless that was said") {
    const Folder folder;
    const std::string path = written(folder.path);
    CHECK(SaveWriter::create(path, facts(), false).error().kind == ErrorKind::busy);
    CHECK(SaveWriter::create(folder.path + "/none/saved", facts(), false).error().kind == ErrorKind::absent);
    const std::string before = slurp(path);
    {
        auto given_up = SaveWriter::create(path, facts(), true);
        REQUIRE(given_up);
        CHECK(SaveWriter::create(path, facts(), true).error().kind == ErrorKind::busy);
        put(given_up->fd(), "half");
    }
    CHECK_FALSE(std::filesystem::exists(path + ".part"));
    CHECK(slurp(path) == before);
}

TEST_CASE("one that came meanwhile is not replaced") {
    const Folder folder;
    const std::string path = folder.path + "/saved";
    auto writer = SaveWriter::create(path, facts(), false);
    REQUIRE(writer);
    put(writer->fd(), stream);
    spill(path, "somebody else's");
    CHECK_FALSE(writer->finish());
    CHECK(slurp(path) == "somebody else's");
}

TEST_CASE("cut anywhere it is refused, with what is missing") {
    const Folder folder;
    const std::string path = written(folder.path);
    const std::string whole = slurp(path);
    const std::string cut = folder.path + "/cut";
    for (std::size_t end = 0; end < whole.size(); end += end < 300 ? 1 : 97) {
        spill(cut, whole.substr(0, end));
        const auto read = read_whole(cut);
        REQUIRE_FALSE(read);
        CHECK(read.error().kind == ErrorKind::malformed);
        if (end >= 40)
            CHECK(read.error().message.find(fmt::format("{} bytes are missing", whole.size() - end)) !=
                  std::string::npos);
    }
}

TEST_CASE("any byte that was changed is noticed") {
    const Folder folder;
    const std::string path = written(folder.path);
    const std::string whole = slurp(path);
    const std::string damaged = folder.path + "/damaged";
    for (std::size_t at = 0; at < whole.size(); at += at < 200 ? 1 : 331) {
        std::string text = whole;
        text[at] = static_cast<char>(text[at] ^ 0x55);
        spill(damaged, text);
        // What lies between the facts and the stream is read by nobody.
        const bool counts = at < whole.find("<domain/>") + 9 || at >= whole.size() - stream.size();
        CHECK(read_whole(damaged).has_value() != counts);
    }
}
