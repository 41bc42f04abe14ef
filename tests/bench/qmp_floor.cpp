// qmp_floor ROUNDS PAUSE_MS PID:SOCKET…: what one bare QMP exchange costs, the floor for any program that asks.
//
// Sends query-blockstats to every guest at once, reads the answers 20 ms later, sleeps, again. Nothing is
// parsed. Prints {"own_us":…,"qemu_us":…}: CPU microseconds a guest and round of this process and of
// the QEMU processes (process CPU clocks, clock_getcpuclockid(3)).
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

#include "core/fd.h"

namespace {

using virtscope::Fd;

struct Guest {
    pid_t pid = 0;
    Fd socket;
};

[[noreturn]] void die(const std::string& what) {
    std::fprintf(stderr, "qmp_floor: %s\n", what.c_str());
    std::exit(1);
}

double cpu_us(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

double qemu_us(const std::vector<Guest>& guests) {
    double sum = 0;
    for (const Guest& guest : guests) {
        clockid_t clock = 0;
        if (::clock_getcpuclockid(guest.pid, &clock) == 0) sum += cpu_us(clock);
    }
    return sum;
}

Fd connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // connect(2) takes every kind of address through the one type.
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) die(path);
    return socket;
}

void send_line(const Fd& socket, const std::string& line) {
    if (::write(socket.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) die("short write");
}

// Until a line that holds `mark` has come; events before it are dropped.
void read_until(const Fd& socket, const char* mark) {
    static char buffer[1 << 16];
    std::string text;
    do {
        pollfd wait{.fd = socket.get(), .events = POLLIN, .revents = 0};
        if (::poll(&wait, 1, 5000) != 1) die("no answer within 5 s");
        const ssize_t got = ::read(socket.get(), buffer, sizeof buffer);
        if (got <= 0) die("connection closed");
        text.append(buffer, static_cast<std::size_t>(got));
    } while (text.find(mark) == std::string::npos || text.back() != '\n');
}

void pause_ms(long ms) {
    const timespec time{.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1'000'000};
    ::nanosleep(&time, nullptr);
}

void one_round(const std::vector<Guest>& guests) {
    for (const Guest& guest : guests) send_line(guest.socket, "{\"execute\":\"query-blockstats\",\"id\":1}\n");
    pause_ms(20);
    for (const Guest& guest : guests) read_until(guest.socket, "\"id\": 1");
}

std::vector<Guest> open_guests(int count, char** arguments) {
    std::vector<Guest> guests;
    for (int i = 0; i < count; ++i) {
        const std::string argument = arguments[i];
        const std::size_t colon = argument.find(':');
        guests.push_back({std::atoi(argument.c_str()), connect_to(argument.substr(colon + 1))});
        read_until(guests.back().socket, "QMP");
        send_line(guests.back().socket, "{\"execute\":\"qmp_capabilities\"}\n");
        read_until(guests.back().socket, "return");
    }
    return guests;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) die("usage: qmp_floor ROUNDS PAUSE_MS PID:SOCKET...");
    const int rounds = std::atoi(argv[1]);
    const long pause = std::atol(argv[2]);
    const std::vector<Guest> guests = open_guests(argc - 3, argv + 3);
    one_round(guests);
    pause_ms(500);
    const double qemu = qemu_us(guests);
    const double own = cpu_us(CLOCK_PROCESS_CPUTIME_ID);
    for (int round = 0; round < rounds; ++round) {
        pause_ms(pause);
        one_round(guests);
    }
    pause_ms(50);
    const double share = static_cast<double>(guests.size()) * rounds;
    std::printf("{\"own_us\":%.2f,\"qemu_us\":%.2f}\n", (cpu_us(CLOCK_PROCESS_CPUTIME_ID) - own) / share,
                (qemu_us(guests) - qemu) / share);
}
