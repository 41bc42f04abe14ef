#include "exporters/remote_write/delivery.h"

#include <doctest/doctest.h>

#include <array>

#include <snappy.h>

#include "tests/exporters/remote_write/decode.h"

using namespace virtscope::exporters::remote_write;
using namespace std::chrono_literals;

namespace {

Answer accepted() { return {.verdict = Verdict::accepted, .what = {}, .retry_after = {}}; }
Answer answer(Verdict verdict) { return {.verdict = verdict, .what = "why", .retry_after = {}}; }

struct Scene {
    std::vector<Answer> answers;  // in turn, then accepted
    std::vector<std::vector<Received>> taken;
    std::vector<std::size_t> sizes;  // of all requests, in bytes
    std::size_t asked = 0, waits = 0, stop_at_wait = 1000;
    bool must_end = false;
    Delivery delivery;

    explicit Scene(std::size_t batch)
        : delivery({.post = [this](const std::string& packed) { return post(packed); },
                    .wait = [this](std::chrono::nanoseconds) { return ++waits < stop_at_wait; },
                    .must_end = [this] { return must_end; }},
                   batch) {}

    Answer post(const std::string& packed) {
        std::string bytes;
        REQUIRE(snappy::Uncompress(packed.data(), packed.size(), &bytes));
        sizes.push_back(bytes.size());
        const Answer given = asked < answers.size() ? answers[asked] : accepted();
        ++asked;
        if (given.verdict == Verdict::accepted) taken.push_back(decode(bytes));
        return given;
    }
    bool frame(std::int64_t seconds, int samples, std::size_t length = 1) {
        delivery.begin(seconds * 1'000'000'000 + 123'456'789);
        for (int i = 0; i < samples; ++i) {
            std::string labels;
            append_label(labels, "n", std::to_string(i) + std::string(length, 'x'));
            delivery.add(std::array<std::string_view, 1>{labels}, bits_of(i));
        }
        return delivery.end();
    }
    std::vector<double> values() const {
        std::vector<double> all;
        for (const auto& batch : taken) {
            for (const Received& received : batch) all.push_back(received.value());
        }
        return all;
    }
};

using Values = std::vector<double>;

}  // namespace

TEST_CASE("samples go in order, in batches, with the frame's time") {
    Scene scene(3);
    CHECK(scene.frame(10, 7));
    CHECK(scene.values() == Values{0, 1, 2, 3, 4, 5, 6});
    REQUIRE(scene.taken.size() == 3);
    CHECK(scene.taken[0].size() == 3);
    CHECK(scene.taken[2].size() == 1);
    CHECK(scene.taken[2][0].milliseconds == 10'123);
    CHECK(scene.delivery.counts().samples == 7);
    CHECK(scene.delivery.counts().requests == 3);
}

TEST_CASE("a batch is a MiB at most, whatever labels are called") {
    Scene scene(20'000);
    CHECK(scene.frame(10, 2000, 4000));
    CHECK(scene.taken.size() >= 8);
    CHECK(scene.values().size() == 2000);
    for (const std::size_t size : scene.sizes) CHECK(size <= largest_batch);
}

TEST_CASE("trouble has the same batch sent again, and nothing is lost or doubled") {
    Scene scene(2);
    scene.answers = {accepted(), answer(Verdict::later), answer(Verdict::later), answer(Verdict::barred)};
    CHECK(scene.frame(10, 5));
    CHECK(scene.values() == Values{0, 1, 2, 3, 4});
    CHECK(scene.waits == 3);
    CHECK(scene.delivery.counts().failures == 3);
    CHECK(scene.delivery.counts().dropped == 0);
}

TEST_CASE("what is refused is dropped and counted, and the rest goes on") {
    Scene scene(2);
    scene.answers = {accepted(), answer(Verdict::refused)};
    CHECK(scene.frame(10, 5));
    CHECK(scene.values() == Values{0, 1, 4});
    CHECK(scene.waits == 0);
    CHECK(scene.delivery.counts().dropped == 2);
    CHECK(scene.delivery.counts().samples == 3);
}

TEST_CASE("being told to stop ends the waiting: the frame is not done with") {
    Scene scene(2);
    scene.answers = std::vector<Answer>(100, answer(Verdict::later));
    scene.stop_at_wait = 4;
    CHECK(!scene.frame(10, 5));
    CHECK(scene.asked == 4);
    CHECK(scene.taken.empty());
    Scene late(2);
    late.must_end = true;
    CHECK(!late.frame(10, 5));
    CHECK(late.asked == 0);
}

TEST_CASE("files that are wrong from the first request on end it") {
    Scene scene(2);
    scene.answers = {answer(Verdict::barred)};
    CHECK(!scene.frame(10, 5));
    CHECK(scene.delivery.barred() == "why");
    CHECK(scene.asked == 1);
}
