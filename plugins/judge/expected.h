// What guests are expected to be: all the same, or as a file says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/roster.h"

namespace virtscope::checks {

enum class Expectation { running, off, paused, any };
std::string_view expectation_name(Expectation what);

// The file has a line a guest, `NAME-OR-UUID [running|off|paused|any]`; running where nothing follows. A name with
// blanks is put in double quotes. # begins a comment. At most 1 MiB.
class Expected {
public:
    struct Line {
        std::string guest;  // name or UUID
        Expectation what = Expectation::running;

        bool means(const RosterGuest& who) const;
    };

    // "running", "off", or the path of a file (absolute, or with a slash). Errors: malformed, naming the line; absent, denied.
    static Result<Expected> parse(const std::string& text);

    bool listed() const { return listed_; }  // by a file: guests that are not in it are unexpected
    const std::vector<Line>& lines() const { return lines_; }
    // The first line that means it. Null: the file does not have it.
    const Line* line_of(const RosterGuest& guest) const;
    // Where there is no file.
    Expectation of_all() const { return all_; }

private:
    Result<> read(const std::string& path);

    bool listed_ = false;
    Expectation all_ = Expectation::running;
    std::vector<Line> lines_;
};

}  // namespace virtscope::checks
