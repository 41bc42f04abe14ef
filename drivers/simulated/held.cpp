#include "drivers/simulated/held.h"

#include <limits>

#include "drivers/simulated/counters.h"

namespace virtscope::simulated {
namespace {

void begin_run(SimGuest& guest, const Held& held, const Waves& waves) {
    guest.habit = Habit::steady;
    guest.hung = !held.answers;
    guest.paused_at = guest.behind = 0;
    guest.banked_run = guest.banked_wait = 0;
    guest.parked = 0;
    begin_life(guest, waves, held.life);
    guest.state = GuestState::running;
}

void pause(SimGuest& guest, bool paused, std::int64_t time) {
    if (paused == (guest.paused_at != 0)) return;
    if (paused) {
        guest.paused_at = time;
        return;
    }
    guest.go_on(time);
}

}  // namespace

Held held_of(const SimGuest& guest, const Life& life) {
    Held held;
    held.life = life;
    held.life.until = std::numeric_limits<std::int64_t>::max();
    held.answers = !guest.hung;
    return held;
}

bool settle(Held& held, std::int64_t time) {
    if (held.off_at == 0 || time < held.off_at) return false;
    turn_off(held);
    return true;
}

void turn_off(Held& held) {
    held.life.up = false;
    held.life.plugged = 0;
    held.paused = false;
    held.off_at = 0;
    held.balloon = 0;
}

void turn_on(Held& held, std::int64_t time, bool paused) {
    held.life.up = true;
    held.life.start = time;
    held.life.plugged = 0;
    held.steady = held.answers = true;
    held.paused = paused;
    held.off_at = 0;
}

GuestState state_of(const Held& held, const SimGuest& guest, std::int64_t time) {
    if (!held.life.up) return GuestState::shut_off;
    if (held.off_at != 0) return GuestState::shutting_down;
    if (held.paused) return GuestState::paused;
    return state_at(held.steady ? Habit::steady : guest.habit, held.life.start, time);
}

void hold(SimGuest& guest, const Held& held, const Waves& waves, std::int64_t time) {
    guest.kept = !held.gone();
    if (held.life.up && held.steady && held.life.start != guest.life.start) {
        begin_run(guest, held, waves);
    } else if (held.life.start != guest.life.start || held.life.plugged != guest.life.plugged) {
        begin_life(guest, waves, held.life);
    }
    guest.life = held.life;
    if (!held.life.up) {
        guest.state = GuestState::shut_off;
        return;
    }
    pause(guest, held.paused, time);
    if (held.steady && guest.habit != Habit::steady && !held.paused) guest.go_on(time);
    guest.shutting_down = held.off_at != 0;
    guest.balloon = held.balloon;
    use_vcpus(guest, held.vcpus == 0 ? guest.vcpus.size() : held.vcpus, waves, time);
}

}  // namespace virtscope::simulated
