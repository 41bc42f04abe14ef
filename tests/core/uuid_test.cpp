#include "core/uuid.h"

#include <doctest/doctest.h>

using namespace virtscope;

TEST_CASE("uuid: text form there and back") {
    const std::string text = "c7a5fdbd-edaf-9455-926a-d65c16db1809";
    const auto uuid = Uuid::parse(text);
    REQUIRE(uuid);
    CHECK(uuid->text() == text);
    CHECK(uuid->bytes[0] == 0xc7);
    CHECK(uuid->bytes[15] == 0x09);
    CHECK(Uuid::parse("C7A5FDBD-EDAF-9455-926A-D65C16DB1809") == uuid);
    CHECK(Uuid{}.is_nil());
    CHECK(Uuid{}.text() == "00000000-0000-0000-0000-000000000000");
}

TEST_CASE("uuid: anything else is none") {
    for (const char* text : {"", "c7a5fdbd", "c7a5fdbdedaf9455926ad65c16db1809", "{c7a5fdbd-edaf-9455-926a-d65c16db1809}",
                             "c7a5fdbd-edaf-9455-926a-d65c16db180g", "c7a5fdbd-edaf-9455-926a-d65c16db1809 ",
                             "c7a5fdb-dedaf-9455-926a-d65c16db1809", "-7a5fdbd-edaf-9455-926a-d65c16db1809"}) {
        CAPTURE(text);
        CHECK(!Uuid::parse(text));
    }
}

TEST_CASE("uuid: a derived identity is stable, marked, and differs with each of its parts") {
    const Uuid uuid = Uuid::derived("qemu", "web", 42);
    CHECK(uuid == Uuid::derived("qemu", "web", 42));
    CHECK((uuid.bytes[6] >> 4) == 8);
    CHECK((uuid.bytes[8] >> 6) == 2);
    CHECK(uuid != Uuid::derived("xen", "web", 42));
    CHECK(uuid != Uuid::derived("qemu", "wec", 42));
    CHECK(uuid != Uuid::derived("qemu", "web", 43));
    CHECK(Uuid::derived("ab", "c", 1) != Uuid::derived("a", "bc", 1));
    CHECK(Uuid::derived("a", "1", 2) != Uuid::derived("a", "", 12));
}
