// Prompt: a question that somebody answers by typing a line.
#pragma once

#include <cstdint>
#include <string>

#include "top/view/key.h"

namespace virtscope::top {

enum class Question : std::uint8_t { delay, search, filter, moment };

struct Prompt {
    Question question;
    std::string typed{};  // UTF-8
};

enum class Typed : std::uint8_t { more, done, left };  // left: Esc, nothing is to change

// What a key does to the answer.
Typed press(Prompt& prompt, Key key);

}  // namespace virtscope::top
