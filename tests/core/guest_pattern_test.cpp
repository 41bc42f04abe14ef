#include <doctest/doctest.h>

#include "core/guest_pattern.h"

using namespace virtscope;

namespace {

bool means(std::string_view pattern, const RosterGuest& guest) { return GuestPattern::parse(pattern).value().means(guest); }

RosterGuest named(const std::string& name) { return {.uuid = Uuid::derived("test", name, 1), .name = name}; }

}  // namespace

TEST_CASE("a name, a glob, an expression") {
    CHECK(means("web01", named("web01")));
    CHECK_FALSE(means("web0", named("web01")));
    CHECK(means("web[0-9]?", named("web01")));
    CHECK(means("web[1]", named("web[1]")));
    CHECK(means("/b0./", named("web01")));
    CHECK_FALSE(means("/^b0/", named("web01")));
    CHECK(means("/", named("/")));
    CHECK(GuestPattern::parse("").error().kind == ErrorKind::malformed);
    CHECK(GuestPattern::parse("/(/").error().kind == ErrorKind::malformed);
}

TEST_CASE("a UUID means that guest and not one that calls itself so") {
    const RosterGuest guest = named("web01");
    const std::string uuid = guest.uuid.text();
    CHECK(means(uuid, guest));
    CHECK_FALSE(means(uuid, named(uuid)));
    CHECK(GuestPattern::parse(uuid).value().exact());
}
