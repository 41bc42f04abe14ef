#include "drivers/xen/libxl/cfg_keys.h"

namespace virtscope::libxl {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }

class Scan {
public:
    explicit Scan(std::string_view text) : text_(text) {}

    std::vector<CfgKey> run() {
        while (at_ < text_.size()) step();
        return std::move(keys_);
    }

private:
    void step() {
        const char c = text_[at_];
        if (c == '#') return skip_to('\n');
        if (c == '"' || c == '\'') {
            ++at_;
            skip_to(c);
            ++at_;
            return;
        }
        if (is_letter(c)) return word();
        ++at_;
        if (c == '[') ++depth_;
        if (c == ']' && depth_ > 0) --depth_;
        if (c == '\n') ++line_;
        if ((c == '\n' || c == ';') && depth_ == 0) begins_ = true;
    }

    void skip_to(char end) {
        for (; at_ < text_.size() && text_[at_] != end; ++at_) {
            if (text_[at_] == '\n') ++line_;
        }
    }

    void word() {
        const std::size_t from = at_;
        while (at_ < text_.size() && is_word(text_[at_])) ++at_;
        if (!begins_ || depth_ != 0) return;
        begins_ = false;
        std::size_t next = at_;
        while (next < text_.size() && (text_[next] == ' ' || text_[next] == '\t')) ++next;
        const bool adds = next < text_.size() && text_[next] == '+';
        keys_.push_back({std::string(text_.substr(from, at_ - from)), line_, adds});
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int line_ = 1;
    int depth_ = 0;       // of lists
    bool begins_ = true;  // a statement may begin here
    std::vector<CfgKey> keys_;
};

}  // namespace

std::vector<CfgKey> keys_of(std::string_view text) { return Scan(text).run(); }

}  // namespace virtscope::libxl
