#include "exporters/remote_write/secret.h"

#include <algorithm>

#include "exporters/base/guarded_file.h"

namespace virtscope::exporters::remote_write {
namespace {

constexpr std::size_t longest_secret = 16384;   // bytes; tokens with many claims have some thousand
constexpr std::size_t longest_pem = 4U << 20U;  // all authorities of a distribution are 200 kB

bool is_visible(char c) { return c >= ' ' && c <= '~'; }

}  // namespace

Result<std::string> read_secret(const std::string& path) {
    auto text = read_guarded_file(path, longest_secret, "secret");
    if (!text) return text;
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
    if (text->empty() || text->size() >= longest_secret || !std::ranges::all_of(*text, is_visible))
        return fail(ErrorKind::malformed, "{}: must be one line of printable ASCII, less than {} bytes", path,
                    longest_secret);
    return text;
}

Result<> check_pem(const std::string& path, const std::string& block, bool secret) {
    const auto text = read_guarded_file(path, longest_pem, secret ? "secret" : "");
    if (!text) return std::unexpected(text.error());
    if (text->find("-----BEGIN ") == std::string::npos || text->find(block + "-----") == std::string::npos)
        return fail(ErrorKind::malformed, "{}: has no {} in PEM", path, block);
    return {};
}

}  // namespace virtscope::exporters::remote_write
