#include "core/result.h"

#include <cerrno>

#include <doctest/doctest.h>

using namespace virtscope;

TEST_CASE("the kind of a system error follows from its code, the text is appended") {
    const Result<int> gone = fail_errno(ENOENT, "open {}", "/x");
    REQUIRE(!gone);
    CHECK(gone.error().kind == ErrorKind::absent);
    CHECK(gone.error().message == "open /x: No such file or directory");
    CHECK(Result<>(fail_errno(EACCES, "a")).error().kind == ErrorKind::denied);
    CHECK(Result<>(fail_errno(EAGAIN, "a")).error().kind == ErrorKind::busy);
    CHECK(Result<>(fail_errno(ENOSPC, "a")).error().kind == ErrorKind::system);
}

TEST_CASE("a result carries a value or an error") {
    const Result<std::string> value = std::string("x");
    CHECK(*value == "x");
    const Result<std::string> error = fail(ErrorKind::malformed, "{} is {}", "a", 1);
    CHECK(error.error().message == "a is 1");
    CHECK(Result<>{});
}
