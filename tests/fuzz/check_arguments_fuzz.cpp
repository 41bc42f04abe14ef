// What an administrator types, and the files that are named there: options, an INI file for --extra-opts, a file for
// --expect. Whatever they hold, it is understood, or refused in one line with a reason.
//
// The input is three parts between zero bytes: arguments, one a line; the INI file; the expected set.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>
#include <variant>
#include <vector>

#include "plugins/answer/report.h"
#include "plugins/check.h"
#include "plugins/command/extra_opts.h"
#include "plugins/command/mode.h"
#include "plugins/command/request.h"
#include "plugins/judge/expected.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

// A file in memory that has a path.
class NamedFile {
public:
    NamedFile() : fd_(::memfd_create("fuzz", MFD_CLOEXEC)) { demand(fd_ >= 0); }
    void fill(std::string_view text) const {
        demand(::ftruncate(fd_, 0) == 0);
        demand(::pwrite(fd_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    }
    std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

private:
    int fd_;
};

std::string_view take(std::string_view& rest, char end) {
    const std::size_t at = std::min(rest.find(end), rest.size());
    const std::string_view part = rest.substr(0, at);
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return part;
}

void check_request(const Request& request) {
    demand(request.mode != nullptr);
    demand(request.timeout >= 1 && request.output_limit >= 512);
    for (const Measure& measure : request.mode->measures) {
        const Thresholds& both = request.thresholds.of(measure.label);
        for (const auto& range : {both.warning, both.critical}) {
            if (!range) continue;
            demand(range->start <= range->end);
            // Perfdata echoes it: it must mean the same to whoever reads that.
            const auto again = parse_range(range->text, measure.unit);
            demand(again && again->inside == range->inside);
        }
        demand(both.judge(std::nullopt) == Status::unknown);
    }
}

void check_expected(const std::string& path) {
    const auto expected = Expected::parse(path);
    if (!expected) return demand(!expected.error().message.empty());
    demand(expected->listed() && !expected->lines().empty());
    for (const Expected::Line& line : expected->lines()) demand(!line.guest.empty());
}

// No ring is there: whatever was asked, the answer is UNKNOWN.
void check_answer(const std::vector<std::string>& arguments) {
    const Answer answer = check(arguments, [] { return Now{}; }, [](unsigned) {});
    demand(answer.status == Status::unknown);
    demand(answer.text.ends_with('\n'));
    if (!answer.text.starts_with("VIRT UNKNOWN: ")) return;  // help, or a report
    demand(answer.text.find('\n') == answer.text.size() - 1);
    demand(answer.text.find_first_of("|`$;\x1b\r") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const NamedFile ini, expected;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    std::string_view words = take(rest, '\0');
    ini.fill(take(rest, '\0'));
    expected.fill(rest);
    check_expected(expected.path());

    // The first byte chooses the mode, so that not every input has to spell one.
    std::vector<std::string> arguments;
    if (!words.empty()) {
        arguments.emplace_back(all_modes()[static_cast<unsigned char>(words.front()) % all_modes().size()].name);
        words.remove_prefix(1);
    }
    while (!words.empty()) arguments.emplace_back(take(words, '\n'));
    arguments.push_back("--extra-opts=@" + ini.path());
    const auto parsed = parse_arguments(arguments);
    if (!parsed) demand(!parsed.error().message.empty());
    if (parsed && std::holds_alternative<Request>(*parsed)) check_request(std::get<Request>(*parsed));
    arguments.pop_back();
    for (const std::string& word : arguments) {
        // Never write: not even what a fuzzer thinks of.
        if (word.find("passive") != std::string::npos) return 0;
    }
    arguments.insert(arguments.end(), {"--ring", "/nowhere/ring"});
    check_answer(arguments);
    return 0;
}
