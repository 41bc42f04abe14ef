// ncurses with wide characters, without its macros. For the terminal room only.
#pragma once

#define NCURSES_NOMACROS 1
#include <curses.h>
