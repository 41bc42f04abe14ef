#include "orders/flat_json.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "core/text.h"

namespace virtscope::control {

// Fills a FlatJson as the parser goes; the first thing that does not belong stops it.
class FlatReader final : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit FlatReader(FlatJson& into) : into_(into) {}
    const std::string& problem() const { return problem_; }

    bool null() override { return refuse("null where a value belongs"); }
    bool boolean(bool value) override { return keep(value); }
    bool number_integer(number_integer_t) override { return refuse("a negative number"); }
    bool number_unsigned(number_unsigned_t value) override { return keep(std::uint64_t{value}); }
    bool number_float(number_float_t, const string_t&) override { return refuse("a number that is not whole"); }
    bool string(string_t& value) override {
        if (value.find('\0') != std::string::npos) return refuse("a NUL character");
        return keep(std::move(value));
    }
    bool binary(binary_t&) override { return refuse("binary data"); }
    bool start_object(std::size_t) override {
        if (depth_ == 2) return refuse("nested too deep");
        prefix_ = depth_ == 1 ? key_ + '.' : std::string();
        ++depth_;
        return true;
    }
    bool key(string_t& name) override {
        if (name.size() > 64) return refuse("a field with a very long name");
        key_ = prefix_ + name;
        return true;
    }
    bool end_object() override {
        prefix_.clear();
        --depth_;
        return true;
    }
    bool start_array(std::size_t) override { return refuse("a list where a value belongs"); }
    bool end_array() override { return true; }
    bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
        return refuse(fmt::format("no JSON at byte {}", at));
    }

private:
    bool refuse(std::string why) {
        if (problem_.empty()) {
            problem_ = key_.empty() ? std::move(why) : fmt::format("field '{}': {}", printable(key_, 64), why);
        }
        return false;
    }
    bool keep(FlatJson::Value value) {
        if (depth_ == 0) return refuse("no JSON object");
        if (!into_.values_.emplace(key_, std::move(value)).second) return refuse("is there twice");
        return true;
    }

    FlatJson& into_;
    std::string key_, prefix_, problem_;
    int depth_ = 0;
};

Result<FlatJson> FlatJson::parse(std::string_view text) {
    FlatJson flat;
    FlatReader reader(flat);
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &reader)) {
        return fail(ErrorKind::malformed, "{}", reader.problem().empty() ? "no JSON" : reader.problem());
    }
    return flat;
}

template <class T>
bool FlatJson::take_as(std::string_view name, T& into) {
    const auto at = values_.find(name);
    if (at == values_.end()) return true;
    T* const value = std::get_if<T>(&at->second);
    if (value == nullptr) return false;
    into = std::move(*value);
    values_.erase(at);
    return true;
}

bool FlatJson::take(std::string_view name, std::string& into) { return take_as(name, into); }
bool FlatJson::take(std::string_view name, std::uint64_t& into) { return take_as(name, into); }
bool FlatJson::take(std::string_view name, bool& into) { return take_as(name, into); }

std::optional<std::string> FlatJson::left_over() const {
    if (values_.empty()) return std::nullopt;
    return printable(values_.begin()->first, 64);
}

}  // namespace virtscope::control
