#include "drivers/qemu/monitors.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <sys/socket.h>
#include <utility>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

#include "drivers/qemu/framer.h"

namespace virtscope::qemu {
namespace {

using Socket = asio::generic::stream_protocol::socket;

constexpr std::size_t read_bytes = 16384;
constexpr std::size_t bytes_a_tick = 2 * max_message_bytes;
constexpr unsigned messages_a_tick = 4096;  // QEMU itself lets pass one event of a kind a second

// What a guest is made of, in the order of what a first frame needs most.
constexpr std::array make_up{Command::status,    Command::blockstats, Command::cpus,
                             Command::iothreads, Command::block,      Command::balloon};

struct Pending {
    Command command;
    std::uint64_t id;
    MonitorClock::time_point sent;
};

}  // namespace

struct Monitors::Loop {
    asio::io_context io{ASIO_CONCURRENCY_HINT_UNSAFE};  // one thread only
    Decoder decoder;
    std::array<char, read_bytes> bytes{};
    std::uint64_t tick = 0;
    std::uint64_t questions = 0;
};

struct Session::State {
    State(Monitors::Loop& the_loop, Socket the_socket, MonitorListener& the_listener)
        : loop(&the_loop), socket(std::move(the_socket)), listener(&the_listener) {}

    Monitors::Loop* loop;
    Socket socket;
    MonitorListener* listener;  // null once the session was destroyed
    Framer framer;
    MonitorClock::time_point started = MonitorClock::now();
    std::optional<Pending> pending;
    std::uint64_t last_id = 0;
    std::uint64_t tick = 0;
    std::size_t bytes_this_tick = 0;
    unsigned messages_this_tick = 0;
    bool greeted = false;
    bool ready = false;

    bool send(const Question& question);
    asio::awaitable<Result<Message>> next_message();
    Result<> handle(const Message& message);
    asio::awaitable<Result<>> exchange(Command command);
    asio::awaitable<Result<>> introduce();
    asio::awaitable<Result<>> converse();
};

bool Session::State::send(const Question& question) {
    const std::string text = command_text(question, ++last_id);
    const ssize_t sent = ::send(socket.native_handle(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent != static_cast<ssize_t>(text.size())) return false;
    ++loop->questions;
    pending = Pending{question.command, last_id, MonitorClock::now()};
    return true;
}

asio::awaitable<Result<Message>> Session::State::next_message() {
    for (;;) {
        const auto frame = framer.next();
        if (!frame) co_return std::unexpected(frame.error());
        if (*frame && ++messages_this_tick > messages_a_tick) {
            co_return fail(ErrorKind::malformed, "monitor: sends more than {} messages a tick", messages_a_tick);
        }
        if (*frame) co_return loop->decoder.parse(**frame);
        asio::error_code error;
        // The bytes of the loop are shared: they are taken over before anyone else can run.
        co_await socket.async_wait(Socket::wait_read, asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return fail(ErrorKind::absent, "monitor: connection lost");
        const ssize_t got = ::recv(socket.native_handle(), loop->bytes.data(), read_bytes, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got < 0) co_return fail_errno(errno, "monitor: connection lost");
        if (got == 0) co_return fail(ErrorKind::absent, "monitor: connection closed by the guest");
        if (std::exchange(tick, loop->tick) != loop->tick) {
            bytes_this_tick = 0;
            messages_this_tick = 0;
        }
        bytes_this_tick += static_cast<std::size_t>(got);
        if (bytes_this_tick > bytes_a_tick) {
            co_return fail(ErrorKind::malformed, "monitor: sends more than {} MiB a tick", bytes_a_tick >> 20);
        }
        framer.feed({loop->bytes.data(), static_cast<std::size_t>(got)});
    }
}

Result<> Session::State::handle(const Message& message) {
    if (listener == nullptr) return fail(ErrorKind::absent, "monitor: session closed");
    if (message.kind == MessageKind::event) {
        listener->happened(message);
    } else if (message.kind == MessageKind::reply || message.kind == MessageKind::error) {
        if (!pending || message.id != pending->id) return {};  // of an earlier life, or nobody's
        const Pending asked = *std::exchange(pending, std::nullopt);
        if (message.kind == MessageKind::reply) {
            listener->answered(asked.command, loop->decoder, asked.sent);
        } else {
            listener->refused(asked.command, message.text);
        }
    } else if (message.kind == MessageKind::other) {
        return fail(ErrorKind::malformed, "monitor: sends a message that is not QMP");
    }
    return {};
}

// Returns when the question was answered, or refused: an older QEMU lacks some.
asio::awaitable<Result<>> Session::State::exchange(Command command) {
    if (!send({command, {}})) co_return fail(ErrorKind::absent, "monitor: takes no questions");
    while (pending) {
        const auto message = co_await next_message();
        if (!message) co_return std::unexpected(message.error());
        if (const auto handled = handle(*message); !handled) co_return handled;
    }
    co_return Result<>{};
}

asio::awaitable<Result<>> Session::State::introduce() {
    asio::error_code error;
    co_await socket.async_wait(Socket::wait_write, asio::redirect_error(asio::use_awaitable, error));
    int refused = 0;
    socklen_t size = sizeof refused;
    ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &refused, &size);
    if (error || refused != 0) co_return fail_errno(refused != 0 ? refused : ECONNABORTED, "monitor: connect");
    // Nothing is said to a listener before it has shown that it speaks QMP.
    const auto greeting = co_await next_message();
    if (!greeting) co_return std::unexpected(greeting.error());
    if (greeting->kind != MessageKind::greeting) co_return fail(ErrorKind::malformed, "monitor: greets in no QMP way");
    greeted = true;
    if (listener != nullptr) listener->greeted(greeting->text);
    if (const auto done = co_await exchange(Command::negotiate); !done) co_return done;
    for (const Command command : make_up) {
        if (const auto done = co_await exchange(command); !done) co_return done;
    }
    ready = true;
    if (listener != nullptr) listener->ready();
    co_return Result<>{};
}

asio::awaitable<Result<>> Session::State::converse() {
    if (const auto introduced = co_await introduce(); !introduced) co_return introduced;
    for (;;) {
        const auto message = co_await next_message();
        if (!message) co_return std::unexpected(message.error());
        if (const auto handled = handle(*message); !handled) co_return handled;
    }
}

Session::Session(std::shared_ptr<State> state) : state_(std::move(state)) {}

Session::~Session() {
    state_->listener = nullptr;
    asio::error_code ignored;
    state_->socket.close(ignored);
}

bool Session::greeted() const { return state_->greeted; }
bool Session::is_ready() const { return state_->ready; }
MonitorClock::time_point Session::started() const { return state_->started; }

std::optional<MonitorClock::time_point> Session::outstanding() const {
    if (!state_->pending) return std::nullopt;
    return state_->pending->sent;
}

std::string_view Session::unanswered() const {
    return state_->pending ? command_name(state_->pending->command) : std::string_view();
}

bool Session::ask(const Question& question) {
    return state_->ready && !state_->pending && state_->send(question);
}

Monitors::Monitors() : loop_(std::make_unique<Loop>()) {}
Monitors::~Monitors() = default;

std::unique_ptr<Session> Monitors::open(Fd socket, MonitorListener& listener) {
    asio::error_code error;
    Socket owned(loop_->io);
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    owned.assign(asio::generic::stream_protocol(address.ss_family, 0), socket.get(), error);
    if (error) return nullptr;
    (void)socket.release();  // owned has it
    auto state = std::make_shared<Session::State>(*loop_, std::move(owned), listener);
    asio::co_spawn(
        loop_->io,
        [](std::shared_ptr<Session::State> mine) -> asio::awaitable<void> {
            const auto ended = co_await mine->converse();
            mine->ready = false;
            mine->pending.reset();
            if (mine->listener != nullptr) std::exchange(mine->listener, nullptr)->lost(ended.error().message);
        }(state),
        asio::detached);
    return std::make_unique<Session>(std::move(state));
}

void Monitors::poll(MonitorClock::time_point limit) {
    loop_->io.restart();
    while (loop_->io.poll_one() != 0 && MonitorClock::now() < limit) {
    }
}

void Monitors::begin_tick() { ++loop_->tick; }

std::uint64_t Monitors::questions() const { return loop_->questions; }

}  // namespace virtscope::qemu
