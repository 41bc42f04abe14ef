"""What a terminal would show and how it would be set after the bytes a program wrote. Whatever is no character that
takes columns, nor a sequence that our programs need, is an error: that is the point."""
import re
import unicodedata

_MODES = {"1": "cursor keys", "7": "wrap", "47": "old alternate", "12": "blink", "25": "cursor", "1000": "mouse", "1006": "sgr mouse", "1049": "alternate"}
_SEQUENCE = re.compile(r"\x1b(?:\[(?P<private>\??)(?P<parameters>[0-9;:]*)(?P<final>[A-Za-z])|(?P<other>\(B|=|>|7|8|M))")


class Unexpected(AssertionError):
    pass


def _width(character):
    if unicodedata.category(character)[0] in "CM" or unicodedata.category(character) in ("Zl", "Zp"):
        raise Unexpected(f"U+{ord(character):04X} was written")
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Vt:
    def __init__(self, columns, lines):
        self.modes = {name: name in ("cursor", "wrap") for name in _MODES.values()}
        self.keypad = False
        self.titles = 0
        self.look = ""
        self.looks = set()
        self.resize(columns, lines)
        self._rest = b""

    def resize(self, columns, lines):
        self.columns, self.rows = columns, lines
        self._cells = [[" "] * columns for _ in range(lines)]
        self._row = self._column = 0
        self._last = " "
        self._top, self._bottom = 0, lines - 1  # of the part that scrolls

    def state(self):
        """Everything but what is on the screen."""
        margins = None if (self._top, self._bottom) == (0, self.rows - 1) else (self._top, self._bottom)
        return {**self.modes, "margins": margins, "keypad": self.keypad, "titles": self.titles, "look": self.look}

    def lines(self):
        return ["".join(row).rstrip() for row in self._cells]

    def column(self, line, character):
        """The column in which the first such character stands."""
        return next((at for at, cell in enumerate(self._cells[line]) if cell == character), None)

    def cell(self, line, column):
        return self._cells[line][column]

    def feed(self, data):
        """Bytes of a sequence or a character that is not whole yet are kept for the next time."""
        data = self._rest + data
        end = len(data)
        for back in range(1, min(4, end) + 1):  # a character cut in two
            if data[-back] >= 0xC0:
                if back < (2 if data[-back] < 0xE0 else 3 if data[-back] < 0xF0 else 4):
                    end -= back
                break
        escape = data.rfind(b"\x1b", 0, end)
        if escape >= 0 and not _SEQUENCE.match(data[escape:end].decode()) and end - escape < 32:
            end = escape
        self._rest = data[end:]
        self._take(data[:end].decode())

    def _take(self, text):
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                found = _SEQUENCE.match(text, at)
                if not found:
                    raise Unexpected(f"sequence {text[at:at + 20]!r}")
                self._sequence(found)
                at = found.end()
                continue
            if text[at] == "\r":
                self._column = 0
            elif text[at] == "\b":
                self._column = max(self._column - 1, 0)
            elif text[at] == "\n":
                self._line_feed(1)
            else:
                self._put(text[at])
            at += 1

    def _sequence(self, found):
        if found["other"]:
            if found["other"] == "M":
                self._line_feed(-1)
            self.keypad = {"=": True, ">": False}.get(found["other"], self.keypad)
            return
        final, parameters = found["final"], found["parameters"]
        if found["private"]:
            for mode in parameters.split(";"):
                if final not in "hl" or mode not in _MODES:
                    raise Unexpected(f"sequence {found[0]!r}")
                self.modes[_MODES[mode]] = final == "h"
            return
        if final == "m":
            self.look = "" if parameters in ("", "0", "39;49") else self.look + parameters + "m"
            self.looks.add(parameters)
            return
        numbers = [int(number or 0) for number in parameters.split(";")]
        if final in "HdGABCD":
            self._move(final, numbers)
        elif final == "J" and parameters in ("2", ""):
            self._cells = [[" "] * self.columns for _ in range(self.rows)]
        elif final == "K" and parameters == "":
            for column in range(self._column, self.columns):
                self._cells[self._row][column] = " "
        elif final == "K" and parameters == "1":
            for column in range(min(self._column + 1, self.columns)):
                self._cells[self._row][column] = " "
        elif final == "X":
            for column in range(self._column, min(self._column + max(numbers[0], 1), self.columns)):
                self._cells[self._row][column] = " "
        elif final == "b":  # the last character again
            for _ in range(max(numbers[0], 1)):
                self._put(self._last)
        elif final == "r":
            bottom = numbers[1] if len(numbers) > 1 else self.rows
            self._top, self._bottom = max(numbers[0], 1) - 1, min(bottom, self.rows) - 1
            self._row = self._column = 0
        elif final in "LMST":
            at = self._row if final in "LM" else self._top
            self._scroll(at, max(numbers[0], 1) if final in "MS" else -max(numbers[0], 1))
        elif final == "t" and numbers[0] in (22, 23):
            self.titles += 1 if numbers[0] == 22 else -1
        else:
            raise Unexpected(f"sequence {found[0]!r}")

    def _line_feed(self, by):
        if self._row == (self._bottom if by > 0 else self._top):
            self._scroll(self._top, by)
        else:
            self._row = min(max(self._row + by, 0), self.rows - 1)

    def _scroll(self, top, by):
        """Lines from `top` to the margin go up, or down where `by` is negative."""
        if not top <= self._bottom:
            return
        part = self._cells[top:self._bottom + 1]
        by = max(min(by, len(part)), -len(part))
        empty = [[" "] * self.columns for _ in range(abs(by))]
        self._cells[top:self._bottom + 1] = part[by:] + empty if by > 0 else empty + part[:len(part) + by]

    def _move(self, final, numbers):
        row, column, by = self._row, self._column, max(numbers[0], 1)
        if final == "H":
            row, column = by - 1, (max(numbers[1], 1) if len(numbers) > 1 else 1) - 1
        elif final == "d":
            row = by - 1
        elif final == "G":
            column = by - 1
        elif final in "AB":
            row += by if final == "B" else -by
        else:
            column += by if final == "C" else -by
        self._row = min(max(row, 0), self.rows - 1)
        self._column = min(max(column, 0), self.columns - 1)

    def _put(self, character):
        width = _width(character)
        self._last = character
        row = self._cells[self._row]
        if self._column + width <= self.columns:  # else the terminal shrank meanwhile
            row[self._column] = character
            if width == 2:
                row[self._column + 1] = ""
        self._column += width
