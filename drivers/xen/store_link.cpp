#include "drivers/xen/store_link.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <utility>

#include "core/clock.h"
#include "core/text.h"

namespace virtscope::xen {
namespace {

constexpr const char* token = "virtscope";
constexpr std::size_t most_at_once = 64;  // questions on their way
constexpr const char* where_to_look = "(see systemctl status xenstored)";

std::string broke(std::string_view why) {
    return fmt::format("the connection to xenstored broke{}; it is tried again {}", why, where_to_look);
}

std::string nonsense(std::string_view what) {
    return fmt::format("xenstored sent what its protocol does not have: {}; it is connected to anew {}", what, where_to_look);
}

}  // namespace

StoreLink::StoreLink(StoreSocket socket, Terms terms)
    : socket_(std::move(socket)), terms_(std::move(terms)), heard_at_(clock_ns(CLOCK_MONOTONIC)) {}

std::vector<std::optional<std::string>> StoreLink::read(std::span<const std::string> paths) {
    std::vector<std::optional<std::string>> values(paths.size());
    auto answers = ask(MessageType::read, paths);
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (answers[i].granted) values[i] = std::move(answers[i].text);
    }
    return values;
}

std::vector<std::vector<std::string>> StoreLink::list(std::span<const std::string> paths) {
    std::vector<std::vector<std::string>> lists(paths.size());
    const auto answers = ask(MessageType::directory, paths);
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (answers[i].granted) lists[i] = names_of(answers[i].text);
        if (answers[i].came && !answers[i].granted && answers[i].text == "E2BIG") lists[i] = list_in_parts(paths[i]);
    }
    return lists;
}

// A list that changes meanwhile is begun anew; one that changes all the time is as it was last seen.
std::vector<std::string> StoreLink::list_in_parts(const std::string& path) {
    constexpr int most_parts = 256;
    std::string names;
    std::string generation;
    for (int i = 0; i < most_parts; ++i) {
        const std::array question{path + '\0' + std::to_string(names.size())};
        const auto answer = ask(MessageType::directory_part, question);
        const auto part = answer[0].granted ? directory_part_of(answer[0].text) : std::nullopt;
        if (!part) return {};
        if (!names.empty() && part->generation != generation) {
            names.clear();
            continue;
        }
        generation = part->generation;
        names += part->names;
        if (part->is_last || part->names.empty()) break;
    }
    return names_of(names);
}

std::vector<bool> StoreLink::watch(std::span<const std::string> paths) {
    std::vector<bool> set(paths.size());
    const auto answers = ask(MessageType::watch, paths);
    for (std::size_t i = 0; i < paths.size(); ++i) {
        set[i] = answers[i].granted || answers[i].text == "EEXIST";
        if (answers[i].came && !set[i]) refusal_ = answers[i].text;
    }
    return set;
}

void StoreLink::unwatch(std::span<const std::string> paths) { (void)ask(MessageType::unwatch, paths); }

void StoreLink::probe() {
    const std::array root{std::string("/")};
    (void)read(root);
}

bool StoreLink::hear() {
    constexpr int most_reads = 64;  // more may come as fast as it is taken
    const std::uint64_t before = events_;
    for (int i = 0; i < most_reads && !broken_ && receive(); ++i) take(nullptr);
    return events_ != before;
}

std::vector<StoreLink::Answer> StoreLink::ask(MessageType type, std::span<const std::string> paths) {
    Round round{.type = type, .first = next_request_, .answers = std::vector<Answer>(paths.size())};
    std::int64_t until = clock_ns(CLOCK_MONOTONIC) + terms_.patience.count();
    while (round.answered < paths.size() && !broken_) {
        send_more(round, paths);
        if (!broken_) wait(until);
        const std::size_t before = round.answered;
        if (!broken_ && receive()) take(&round);
        if (round.answered != before) until = heard_at_ + terms_.patience.count();
    }
    // Half an answer is none.
    if (broken_) return std::vector<Answer>(paths.size());
    return std::move(round.answers);
}

void StoreLink::send_more(Round& round, std::span<const std::string> paths) {
    flush();
    while (out_.empty() && !broken_ && round.asked < paths.size() && round.asked - round.answered < most_at_once) {
        out_ = question_of(round.type, paths[round.asked]);
        ++round.asked;
        flush();
    }
}

std::string StoreLink::question_of(MessageType type, std::string_view path) {
    const std::uint32_t request = next_request_++;
    if (type == MessageType::watch || type == MessageType::unwatch) return question(type, request, {path, token});
    return question(type, request, {path});
}

void StoreLink::flush() {
    while (!out_.empty()) {
        const ssize_t sent = socket_.send(out_);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno == EAGAIN) return;
        if (sent <= 0) return give_up(broke(fmt::format(" ({})", std::strerror(errno))));
        out_.erase(0, static_cast<std::size_t>(sent));
    }
}

// Until something can be received or sent.
void StoreLink::wait(std::int64_t until) {
    constexpr std::int64_t second = 1'000'000'000;
    const std::int64_t left = until - clock_ns(CLOCK_MONOTONIC);
    if (left <= 0) {
        const std::string patience = human_duration(terms_.patience.count());
        return give_up(fmt::format("xenstored has not answered for {} {}", patience, where_to_look));
    }
    // A device is always ready to be written to, and never says so.
    const auto wanted = static_cast<short>(out_.empty() ? POLLIN : POLLIN | POLLOUT);
    std::array<pollfd, 2> watched{{{socket_.fd.get(), wanted, 0}, {terms_.stop, POLLIN, 0}}};
    const timespec limit{left / second, left % second};
    if (::ppoll(watched.data(), watched.size(), &limit, nullptr) > 0 && watched[1].revents != 0) give_up({});
}

// Whether anything came.
bool StoreLink::receive() {
    const ssize_t got = socket_.receive(in_.room());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (got <= 0) {
        give_up(broke(got < 0 ? fmt::format(" ({})", std::strerror(errno)) : ""));
        return false;
    }
    in_.add(static_cast<std::size_t>(got));
    heard_at_ = clock_ns(CLOCK_MONOTONIC);
    return true;
}

void StoreLink::take(Round* round) {
    while (!broken_) {
        const auto message = in_.next();
        if (!message) return give_up(nonsense(message.error().message));
        if (!*message) return;
        if ((*message)->type != MessageType::watch_event) {
            take_answer(**message, round);
            continue;
        }
        ++events_;
        const auto path = path_of_event((*message)->body);
        if (!path) return give_up(nonsense("a watch that fired without a path"));
        terms_.fired(*path);
    }
}

void StoreLink::take_answer(const Message& message, Round* round) {
    const std::uint32_t place = round != nullptr ? message.request - round->first : 0;
    if (round == nullptr || place >= round->asked || round->answers[place].came) {
        return give_up(nonsense("an answer to nothing that was asked"));
    }
    const bool granted = message.type == round->type;
    if (!granted && message.type != MessageType::error) {
        return give_up(nonsense(fmt::format("a message of type {} for an answer", static_cast<std::uint32_t>(message.type))));
    }
    round->answers[place] = {true, granted, granted ? std::string(message.body) : error_of(message.body)};
    ++round->answered;
}

void StoreLink::give_up(std::string trouble) {
    broken_ = true;
    trouble_ = std::move(trouble);
}

}  // namespace virtscope::xen
