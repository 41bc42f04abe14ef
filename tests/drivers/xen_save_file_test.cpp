// Files of saved guests: the bytes that xl reads, and what becomes of a file that is damaged or in the way.
#include <sys/stat.h>
#include <unistd.h>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "core/write_all.h"
#include "drivers/xen/libxl/save_file.h"

using namespace virtscope;
using namespace virtscope::libxl;

namespace {

struct Folder {
    Folder() {
        std::string name = "/tmp/xen-save-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() {
        for (const char* const name : {"/a", "/a.part"}) ::unlink((path + name).c_str());
        ::rmdir(path.c_str());
    }
    std::string file() const { return path + "/a"; }
    bool has(const char* name) const { return ::access((path + name).c_str(), F_OK) == 0; }
    std::string bytes() const {
        std::ostringstream text;
        text << std::ifstream(file()).rdbuf();
        return text.str();
    }
    void put(const std::string& bytes) const { std::ofstream(file(), std::ios::trunc) << bytes; }
    std::string path;
};

void save(const Folder& folder, bool replace = false) {
    auto writer = SaveWriter::create(folder.file(), "{\"a\":1}", replace);
    REQUIRE(writer);
    REQUIRE(write_all(writer->fd(), "STREAM", "the stream"));
    CHECK(folder.has("/a.part"));
    REQUIRE(writer->finish());
}

}  // namespace

TEST_CASE("xen save file: byte for byte what xl expects, and read again") {
    const Folder folder;
    save(folder);
    CHECK_FALSE(folder.has("/a.part"));
    const std::string expected = std::string("Xen saved domain, xl format\n \0 \r", 32) +
                                 std::string("\4\3\2\1\3\0\0\0\0\0\0\0\14\0\0\0", 16) +
                                 std::string("\10\0\0\0{\"a\":1}\0STREAM", 18);
    CHECK(folder.bytes() == expected);
    struct stat found{};
    REQUIRE(::stat(folder.file().c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
    const auto reader = SaveReader::open(folder.file());
    REQUIRE(reader);
    CHECK(reader->config_json() == "{\"a\":1}");
    CHECK(reader->stream_at() == 60);
    CHECK(reader->stream_bytes() == 6);
    char text[7] = {};
    CHECK(::read(reader->fd(), text, 6) == 6);
    CHECK(std::string(text) == "STREAM");
}

TEST_CASE("xen save file: one that is there is replaced only when that was said, one that fails leaves nothing") {
    const Folder folder;
    save(folder);
    const auto refused = SaveWriter::create(folder.file(), "{}", false);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::busy);
    {
        const auto writer = SaveWriter::create(folder.file(), "{}", true);
        REQUIRE(writer);
        const auto second = SaveWriter::create(folder.file(), "{}", true);
        REQUIRE_FALSE(second);
        CHECK(second.error().kind == ErrorKind::busy);
    }
    CHECK_FALSE(folder.has("/a.part"));
    CHECK(SaveReader::open(folder.file()).has_value());
    save(folder, true);
}

TEST_CASE("xen save file: a part that others may read, or that has another name, too, gets no memory") {
    const Folder folder;
    const std::string part = folder.file() + ".part";
    const auto refused = [&] {
        const auto writer = SaveWriter::create(folder.file(), "{}", false);
        return !writer && writer.error().kind == ErrorKind::busy && folder.has("/a.part");
    };
    std::ofstream(part) << "theirs";
    REQUIRE(::chmod(part.c_str(), 0644) == 0);
    CHECK(refused());
    REQUIRE(::chmod(part.c_str(), 0600) == 0);
    const std::string other = folder.path + "/b";
    REQUIRE(::link(part.c_str(), other.c_str()) == 0);
    CHECK(refused());
    std::ostringstream text;
    text << std::ifstream(other).rdbuf();
    CHECK(text.str() == "theirs");
    REQUIRE(::unlink(other.c_str()) == 0);
    CHECK(SaveWriter::create(folder.file(), "{}", false).has_value());  // as a save that was killed leaves it
    REQUIRE(::mkfifo(part.c_str(), 0600) == 0);
    CHECK(refused());
}

TEST_CASE("xen save file: one that came to be there meanwhile is not lost") {
    const Folder folder;
    auto writer = SaveWriter::create(folder.file(), "{}", false);
    REQUIRE(writer);
    folder.put("somebody's");
    const auto finished = writer->finish();
    REQUIRE_FALSE(finished);
    CHECK(folder.bytes() == "somebody's");
}

TEST_CASE("xen save file: bad paths") {
    CHECK(check_save_path("relative", false).error().kind == ErrorKind::malformed);
    CHECK(check_save_path("/nonexistent/a", false).error().kind == ErrorKind::absent);
    CHECK(check_save_path("/tmp", true).error().kind == ErrorKind::malformed);
    CHECK(SaveReader::open("/nonexistent/a").error().kind == ErrorKind::absent);
    CHECK(SaveReader::open("/tmp").error().kind == ErrorKind::malformed);
    CHECK(SaveReader::open("/dev/zero").error().kind == ErrorKind::malformed);
}

TEST_CASE("xen save file: cut anywhere before its stream, or with a damaged header, it is refused") {
    const Folder folder;
    save(folder);
    const std::string good = folder.bytes();
    for (std::size_t size = 0; size <= good.size() - 6; ++size) {
        CAPTURE(size);
        folder.put(good.substr(0, size));
        const auto reader = SaveReader::open(folder.file());
        REQUIRE_FALSE(reader);
        CHECK(reader.error().kind == ErrorKind::malformed);
    }
    for (std::size_t at = 0; at < 52; ++at) {
        if (at >= 40 && at < 44) continue;  // optional flags
        CAPTURE(at);
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 0x40);
        folder.put(bad);
        const auto reader = SaveReader::open(folder.file());
        if (reader) CHECK(reader->config_json().size() <= 8);  // a length that is still in range
    }
}
