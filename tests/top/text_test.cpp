#include "core/text.h"

#include <doctest/doctest.h>

using namespace virtscope;

TEST_CASE("a hostile name becomes one harmless line") {
    CHECK(printable("a\"b|c\n\x1b[31m") == "a\"b|c??[31m");
    CHECK(printable("\x7f\t\r") == "???");
    CHECK(printable("\xc2\x9b"
                    "31m") == "?31m");  // C1 CSI
    CHECK(printable("x\xe2\x80\xae"
                    "y\xe2\x81\xa6z") == "x?y?z");  // RLO, LRI
    CHECK(printable("a\xe2\x80\x8b"
                    "b\xef\xbb\xbf"
                    "c") == "a?b?c");  // zero-width space, BOM
    CHECK(printable("a\xe2\x80\xa8"
                    "b\xe2\x80\xa9") == "a?b?");             // line, paragraph separator
    CHECK(printable("a\xe3\x85\xa4\xef\xb8\x8f") == "a??");  // Hangul filler, variation selector
}

TEST_CASE("invalid UTF-8 is marked, byte by byte, and never swallows what follows") {
    CHECK(printable("\xff\xfe"
                    "ok") == "??ok");
    CHECK(printable("cut\xe4\xb8") == "cut??");
    CHECK(printable("\xc0\xaf.") == "??.");     // overlong
    CHECK(printable("\xed\xa0\x80") == "???");  // surrogate
}

TEST_CASE("letters of all scripts stay as they are") { CHECK(printable("Grüße 日本 é") == "Grüße 日本 é"); }

TEST_CASE("a limit in bytes never cuts a character") {
    CHECK(printable("日本", 5) == "日");
    CHECK(printable("日本", 2).empty());
    CHECK(printable(std::string(255, 'x')).size() == 255);
    CHECK(printable(std::string(1000, 'x')).size() == 256);
}

TEST_CASE("width in columns") {
    CHECK(display_width("abc") == 3);
    CHECK(display_width("日本") == 4);
    CHECK(display_width("e\xcc\x81") == 1);  // combining acute
    CHECK(display_width("") == 0);
}

TEST_CASE("fit gives exactly the width asked for") {
    CHECK(fit("abc", 5) == "abc  ");
    CHECK(fit("abcdef", 4) == "abc~");
    CHECK(fit("abcd", 4) == "abcd");
    CHECK(fit("abc", 0).empty());
    CHECK(fit("日本語", 4) == "日~ ");  // a wide character that would stick out goes
    CHECK(fit("日本", 4) == "日本");
    for (std::size_t width = 0; width < 12; ++width) {
        CAPTURE(width);
        CHECK(display_width(fit("e\xcc\x81日\x1b[0m本x\xff", width)) == width);
    }
}

TEST_CASE("bytes for people") {
    CHECK(human_bytes(0) == "0 B");
    CHECK(human_bytes(1023) == "1023 B");
    CHECK(human_bytes(1024) == "1 KiB");
    CHECK(human_bytes(512ULL << 20) == "512 MiB");
    CHECK(human_bytes(1536ULL << 20) == "1.5 GiB");
    CHECK(human_bytes((1ULL << 20) - 1) == "1 MiB");
    CHECK(human_bytes(UINT64_MAX) == "16 EiB");
}

TEST_CASE("durations for people") {
    constexpr std::int64_t s = 1'000'000'000;
    CHECK(human_duration(250'000'000) == "250 ms");
    CHECK(human_duration(12 * s) == "12 s");
    CHECK(human_duration(185 * s) == "3 min 5 s");
    CHECK(human_duration(7800 * s) == "2 h 10 min");
    CHECK(human_duration(99 * 3600 * s) == "4 d 3 h");
    CHECK(human_duration(3600 * s) == "1 h");
    CHECK(human_duration(-5 * s) == "-5 s");
    CHECK(human_duration(INT64_MIN).front() == '-');
}
