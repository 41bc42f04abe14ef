#include "core/posix_regex.h"

#include <array>

namespace virtscope {

Result<PosixRegex> PosixRegex::compile(const std::string& expression) {
    regex_t compiled{};
    if (const int code = ::regcomp(&compiled, expression.c_str(), REG_EXTENDED | REG_NOSUB); code != 0) {
        std::array<char, 128> why{};
        ::regerror(code, &compiled, why.data(), why.size());
        return fail(ErrorKind::malformed, "{}", why.data());
    }
    PosixRegex regex;
    regex.regex_ = std::shared_ptr<const regex_t>(new regex_t(compiled), [](regex_t* own) {
        ::regfree(own);
        delete own;
    });
    return regex;
}

}  // namespace virtscope
