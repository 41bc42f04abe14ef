// Input: the bytes a terminal sends become keys and what the mouse did. Pure: time is told, not asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "top/session/key.h"
#include "top/terminal/abilities.h"

namespace virtscope::top {

struct MouseEvent {
    enum class Kind : std::uint8_t { press, double_press, wheel_up, wheel_down };
    std::size_t row = 0;
    std::size_t column = 0;
    Kind kind =
        Kind::press;  // of the left button; a second press on the same cell soon after the first is a double one

    bool operator==(const MouseEvent&) const = default;
};
using InputEvent = std::variant<Key, MouseEvent>;

class Input {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit Input(KeyNames names) : names_(std::move(names)) {}

    void feed(std::string_view bytes, Time now);
    std::optional<InputEvent> next(Time now);
    // When what has come so far will be taken as it is, should nothing follow: Escape is a key and how others begin.
    std::optional<Time> due() const;

private:
    // What the bytes at hand begin with. `bytes` 0: not known before more have come.
    struct Token {
        std::size_t bytes = 0;
        std::optional<InputEvent> event{};  // none: it means nothing
    };
    Token token() const;
    Token named() const;
    Token sequence() const;
    Token mouse(std::string_view parameters, char final) const;
    Token cut_short() const;
    InputEvent counted(InputEvent event, Time now);

    std::string_view left() const { return std::string_view(bytes_).substr(at_); }

    KeyNames names_;
    std::string bytes_;
    std::size_t at_ = 0;
    Time last_{};  // when bytes came
    std::optional<MouseEvent> pressed_;
    Time pressed_at_{};
};

}  // namespace virtscope::top
